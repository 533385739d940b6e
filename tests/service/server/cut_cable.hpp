#pragma once

#include "tests/service/store/cable.hpp"

namespace stemlathe::test {

/// Cuts a worker off from its database while it renders. Expects that it gives up before another
/// worker has its job, that this one has it in time, and that the first one works again when the
/// cable is mended. Prints how long it took.
/// @param song_s  of what is rendered, twenty times as slowly as else; it must outlast the lease
void cut_off_a_worker(Cable const& cable, double lease_s, double song_s);

} // namespace stemlathe::test
