#pragma once

#include "host/model/session.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace stemlathe {

/// Frames of one stem as its file holds them: its own rate, before placement and resampling, full
/// scale 1.0. Integer PCM of up to 24 bits is exact; all values are finite.
struct StemFrames {
    std::span<float const> left{};
    std::span<float const> right{}; ///< empty for mono
    std::int64_t first_frame = 0;   ///< counted from the file's first
};

/// One check of one stem. It is told the stem's frames in order, without a gap, then asked once.
/// The findings are the same whatever the pieces. A preview begins after the file's first frame
/// and may end before its last: what a check says must be true of the frames that it was told.
class StemCheck {
  public:
    StemCheck() = default;
    StemCheck(StemCheck const&) = delete;
    StemCheck& operator=(StemCheck const&) = delete;
    virtual ~StemCheck() = default;

    virtual void process(StemFrames const& frames) = 0;

    /// Appends what was found. Times are the session's (moment_s), a kind is told once per stem:
    /// first moment, how often, and what the artist should do.
    virtual void finish(std::vector<Finding>& findings) = 0;
};

/// All checks of one stem; the one place to add one is stem_checks.cpp.
/// @param stem  must outlive them
[[nodiscard]] std::vector<std::unique_ptr<StemCheck>> make_stem_checks(Stem const& stem);

/// Those of the artist's reference mix: what of it matters beside the null test.
[[nodiscard]] std::vector<std::unique_ptr<StemCheck>> make_reference_checks(Stem const& reference);

/// When a frame of the stem's file sounds in the song, in seconds.
[[nodiscard]] inline double moment_s(Stem const& stem, std::int64_t frame) noexcept {
    return stem.offset_s + static_cast<double>(frame) / stem.media.rate_hz;
}

} // namespace stemlathe
