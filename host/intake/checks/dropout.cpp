#include "host/intake/checks/checks.hpp"
#include "host/intake/places.hpp"
#include "host/intake/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace stemlathe::intake {

namespace {

constexpr std::int64_t kGapFramesLeast = 16;
/// Longer gaps are pauses that somebody played, gated or cut.
constexpr double kGap_s_most = 0.045;
constexpr std::int64_t kContextFrames = 256;
constexpr double kLoud_power = 1e-5; ///< -50 dBFS, on both sides
/// Sound that is faded or gated to zero ends near it; what is dropped ends anywhere. At one side at
/// least the sample beside the gap must be this share of the level there.
constexpr double kEdge = 0.5;

/// The sound beside a gap.
struct Side {
    double power = 0.0;
    double edge = 0.0; ///< |sample| next to the gap
    std::int64_t frames = 0;

    void add(double sample) noexcept {
        power += sample * sample / static_cast<double>(kContextFrames);
        ++frames;
    }

    [[nodiscard]] bool is_abrupt() const noexcept {
        return edge > kEdge * std::sqrt(power);
    }
};

/// `dropout`: all channels are exactly zero for a moment in the middle of sound, as where a buffer
/// was lost.
class DropoutCheck final : public BlockCheck {
  public:
    explicit DropoutCheck(Stem const& stem)
        : stem_(stem), gap_frames_most_(std::llround(kGap_s_most * stem.media.rate_hz)) {}

    void process(Block const& block) override {
        auto const frames = block.frames();
        hear_after(block, 0);
        std::int64_t at = 0;
        if (zeros_ > 0) {
            at = end_of_zeros(block, 0);
            zeros_ += at;
            if (at < frames) {
                end_gap(block, at);
            }
        }
        // A gap that is long enough to count holds a multiple of its least length, or runs on into
        // the next block.
        for (auto k = round_up(at); k < frames; k = round_up(at)) {
            at = is_zero(block, k) ? take_gap(block, at, k) : k + 1;
        }
        if (zeros_ == 0 && is_zero(block, frames - 1)) {
            take_gap(block, 0, frames - 1);
        }
    }

    void finish(Extent const& /*extent*/, std::vector<Finding>& findings) override {
        if (gaps_.count == 0) {
            return;
        }
        findings.push_back(
            {.code = "dropout",
             .severity = Severity::warn,
             .stem = stem_.file,
             .start_s = gaps_.start_s(stem_),
             .end_s = gaps_.end_s(stem_),
             .measured = static_cast<double>(most_),
             .limit = static_cast<double>(kGapFramesLeast),
             .unit = "samples",
             .message = fmt::format(
                 "{} drops out {}: up to {} are exactly zero in the middle of sound. Listen there; "
                 "if it is not meant, export it again with a larger buffer",
                 stem_.file,
                 in_places(gaps_.count, gaps_.start_s(stem_)),
                 counted(most_, "sample")
             )}
        );
    }

  private:
    [[nodiscard]] static std::int64_t round_up(std::int64_t frame) noexcept {
        return (frame + kGapFramesLeast - 1) / kGapFramesLeast * kGapFramesLeast;
    }

    [[nodiscard]] static bool is_zero(Block const& block, std::int64_t frame) noexcept {
        return block.channels.front().at(frame) == 0.0F && block.channels.back().at(frame) == 0.0F;
    }

    [[nodiscard]] static double loudest(Block const& block, std::int64_t frame) noexcept {
        return static_cast<double>(std::max(
            std::abs(block.channels.front().at(frame)), std::abs(block.channels.back().at(frame))
        ));
    }

    [[nodiscard]] static std::int64_t end_of_zeros(Block const& block, std::int64_t from) noexcept {
        while (from < block.frames() && is_zero(block, from)) {
            ++from;
        }
        return from;
    }

    /// The zeros around frame k, of which none lies before `from`. @returns where they end
    std::int64_t take_gap(Block const& block, std::int64_t from, std::int64_t k) {
        auto start = k;
        while (start > from && is_zero(block, start - 1)) {
            --start;
        }
        auto const end = end_of_zeros(block, k);
        before_ = side_before(block, start);
        zeros_ = end - start;
        if (end < block.frames()) {
            end_gap(block, end);
        }
        return end;
    }

    [[nodiscard]] static Side side_before(Block const& block, std::int64_t start) {
        Side side{};
        auto const first = std::max(start - kContextFrames, -block.history());
        for (auto i = first; i < start; ++i) {
            side.add(loudest(block, i));
        }
        if (first < start) {
            side.edge = loudest(block, start - 1);
        }
        return side;
    }

    /// The zeros end in front of frame `end` of this block.
    void end_gap(Block const& block, std::int64_t end) {
        if (zeros_ >= kGapFramesLeast && zeros_ <= gap_frames_most_ &&
            before_.power > kLoud_power) {
            gap_end_frame_ = block.first_frame + end;
            gap_frames_ = zeros_;
            after_ = {.edge = loudest(block, end)};
            hears_after_ = true;
            hear_after(block, end);
        }
        zeros_ = 0;
    }

    /// Sound behind the last gap, until there is enough of it to judge.
    void hear_after(Block const& block, std::int64_t from) {
        for (; hears_after_ && from < block.frames(); ++from) {
            after_.add(loudest(block, from));
            if (after_.frames < kContextFrames) {
                continue;
            }
            hears_after_ = false;
            if (after_.power > kLoud_power && (before_.is_abrupt() || after_.is_abrupt())) {
                gaps_.add(gap_end_frame_ - gap_frames_, gap_end_frame_);
                most_ = std::max(most_, gap_frames_);
            }
        }
    }

    Stem const& stem_;
    std::int64_t gap_frames_most_;
    std::int64_t zeros_ = 0; ///< how many run into the frames to come
    Side before_{};          ///< of the last zeros
    Side after_{};
    bool hears_after_ = false;
    std::int64_t gap_end_frame_ = 0;
    std::int64_t gap_frames_ = 0;
    Places gaps_{};
    std::int64_t most_ = 0;
};

} // namespace

std::unique_ptr<BlockCheck> make_dropout_check(Stem const& stem) {
    return std::make_unique<DropoutCheck>(stem);
}

} // namespace stemlathe::intake
