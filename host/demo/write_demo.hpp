#pragma once

#include "host/demo/settings.hpp"

#include <filesystem>

namespace stemlathe {

class Run;

/// Writes a demo session (contract section 1): five 24-bit stems, their plain sum as
/// Reference_Mix.wav, session.toml, comments.txt, and planted.json with the maskings that the
/// arrangement contains:
///   [{"masker", "masked", "start_s", "end_s", "low_hz", "high_hz"}]
/// The folder is made where it does not exist; files of these names are replaced. Files appear when
/// all are complete, or not at all. Memory does not grow with the length.
/// @throws Failure{invalid_argument} seconds or rate_hz out of range; {storage_full,
/// storage_failed}; {cancelled}
void write_demo(std::filesystem::path const& folder, DemoSettings const& settings, Run& run);

} // namespace stemlathe
