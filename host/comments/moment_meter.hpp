#pragma once

#include "host/comments/comment.hpp"
#include "host/comments/stretch.hpp"
#include "host/comments/watched_moment.hpp"
#include "host/model/session.hpp"
#include "kernels/masking/masking.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace stemlathe {

/// The stretch of the song that a remark is measured over, outwards to tenths of a second: a
/// quarter of a second around a range, and around the whole second where no fraction was written
/// ("0:47" is what a player shows until 0:48); half a second around a moment with a fraction.
struct MeasuredStretch {
    double from_s = 0.0; ///< 0 or later
    double to_s = 0.0;
};

[[nodiscard]] MeasuredStretch measured_stretch(Comment const& comment) noexcept;

struct MomentMeterSettings {
    std::vector<Comment> comments{};
    std::vector<Stem> stems{};      ///< in the order of the view
    std::vector<double> bands_hz{}; ///< rising, in the order of the view
    double hop_s = 0.0;             ///< 0 excluded .. 0.1
    double start_s = 0.0;           ///< of hop 0 in the song: a preview's beginning
};

/// Measures the moments that remarks are about while the masking analysis passes by: levels of the
/// stems and of parts of their spectrum, each against what is usual for that stem: the median over
/// all seconds of the song in which it plays. Seconds count that come within 20 dB of the stem's
/// 95th percentile and are well over the threshold in quiet; levels are those of excitation
/// patterns, louder ear. A second and stem take 32 bytes, a remark and stem under a kilobyte.
class MomentMeter {
  public:
    explicit MomentMeter(MomentMeterSettings settings);

    /// @param view  host memory, the next hops; of the fields excitation and importance are read
    void take(MaskingView const& view);

    /// One reading per comment, in their order. Remarks about the whole song or outside of what
    /// was taken have no measurements. Call once.
    [[nodiscard]] std::vector<CommentReading> finish();

  private:
    /// Indices of the bands that lie in a part of the spectrum.
    struct BandRange {
        std::size_t first = 0;
        std::size_t count = 0;
    };

    [[nodiscard]] BandRange range_of(NamedBand const& band) const;
    [[nodiscard]] BandPowers
    powers_of(MaskingView const& view, std::int64_t hop, std::int64_t stem) const noexcept;
    void close_slot();
    void close_second();

    MomentMeterSettings settings_;
    std::array<BandRange, kNamedBandCount> bands_{};
    BandRange voiced_{};
    std::vector<WatchedMoment> moments_;           ///< one per anchored comment
    std::vector<Stretch> slots_;                   ///< per stem, the 100 ms that are going on
    std::vector<Stretch> seconds_;                 ///< per stem, the second that is going on
    std::vector<std::vector<StretchLevels>> song_; ///< per stem, all seconds in which it plays
    std::int64_t hop_ = 0;
    std::int64_t slot_ = 0;
};

} // namespace stemlathe
