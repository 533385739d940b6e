#pragma once

#include "host/vinyl/cut_check.hpp"
#include "host/vinyl/cut_meter.hpp"
#include "host/vinyl/side_plan.hpp"

#include <filesystem>
#include <stop_token>
#include <vector>

namespace stemlathe {

/// A side's length against its format: what it can be cut at, and whether that is advisable.
[[nodiscard]] CutCheck side_length_check(SideFormat const& format, double minutes);

/// The reading against the limits of a cutting room, with what to do about each that is not kept.
[[nodiscard]] std::vector<CutCheck> judged(CutReading const& reading);

/// All checks of a delivered stereo file, as it lies on disk; they never change it.
/// @throws as Decoder; Failure{cancelled}
[[nodiscard]] std::vector<CutCheck> cut_checks(
    std::filesystem::path const& file, SideFormat const& format, std::stop_token const& stop = {}
);

} // namespace stemlathe
