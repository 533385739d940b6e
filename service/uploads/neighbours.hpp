#pragma once

#include "service/uploads/uploads.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// The processes that share a store with this one. Private to service/uploads.
namespace stemlathe::service {

/// Says that this process lives, where it is time to say so.
void give_sign_of_life(Uploads& uploads);

/// Says that it does not any more.
void sign_out(Uploads& uploads);

/// Whether a process ran on this machine and does not any more: others must wait until it is
/// silent. @param place  `process.host`
[[nodiscard]] bool is_dead_neighbour(Uploads const& uploads, std::string const& place);

/// Whether another process lives: waits until those that were heard of lately say so again, or have
/// been silent for as long as somebody who is gone.
[[nodiscard]] bool is_another_alive(Uploads& uploads);

} // namespace stemlathe::service
