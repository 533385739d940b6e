#include "host/intake/checks/checks.hpp"
#include "host/intake/places.hpp"
#include "host/intake/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace stemlathe::intake {

namespace {

/// What drivers and hosts use: powers of two, and 10 or 20 ms at usual rates.
constexpr std::array<std::int64_t, 10> kBuffers{64, 128, 256, 441, 480, 512, 882, 960, 1024, 2048};
constexpr std::int64_t kStride = kBuffers.front();
constexpr double kLoud_power = 1e-6;      ///< -60 dBFS
constexpr std::int64_t kShortestWave = 8; ///< frames of a period
/// A buffer that was played twice is that long; by chance a few samples more may agree.
constexpr std::int64_t kSlackFrames = 16;
constexpr std::int64_t kNone = -1;

static_assert(2 * kBuffers.back() <= kHistoryFrames);

/// `repeated_buffer`: a driver or host played one buffer twice. What goes on repeating is a wave.
class RepeatedBufferCheck final : public BlockCheck {
  public:
    explicit RepeatedBufferCheck(Stem const& stem) : stem_(stem) {
        equal_from_.fill(kNone);
    }

    void process(Block const& block) override {
        for (std::size_t i = 0; i < kBuffers.size(); ++i) {
            compare(block, kBuffers[i], equal_from_[i]);
        }
    }

    void finish(Extent const& /*extent*/, std::vector<Finding>& findings) override {
        if (found_.count == 0) {
            return;
        }
        findings.push_back(
            {.code = "repeated_buffer",
             .severity = Severity::warn,
             .stem = stem_.file,
             .start_s = found_.start_s(stem_),
             .end_s = found_.end_s(stem_),
             .measured = static_cast<double>(longest_),
             .limit = static_cast<double>(kBuffers.front()),
             .unit = "samples",
             .message = fmt::format(
                 "{} plays the same {} twice in a row {}, as where a computer could not keep up; "
                 "listen there and export it again",
                 stem_.file,
                 counted(longest_, "sample"),
                 in_places(found_.count, found_.start_s(stem_))
             )}
        );
    }

  private:
    [[nodiscard]] static bool
    repeats(Block const& block, std::int64_t at, std::int64_t buffer) noexcept {
        auto const& left = block.channels.front();
        auto const& right = block.channels.back();
        return left.at(at) == left.at(at - buffer) && right.at(at) == right.at(at - buffer);
    }

    [[nodiscard]] static bool is_zero(Block const& block, std::int64_t at) noexcept {
        return block.channels.front().at(at) == 0.0F && block.channels.back().at(at) == 0.0F;
    }

    /// Looks for stretches of the block that equal what lies a buffer before. One that is long
    /// enough holds a multiple of the stride, or runs on into the next block.
    /// @param equal_from  the file's frame at which a stretch began that runs into the block
    void compare(Block const& block, std::int64_t buffer, std::int64_t& equal_from) {
        std::int64_t at = 0;
        if (equal_from != kNone) {
            at = end_of_equals(block, 0, buffer, equal_from);
        }
        for (at = std::max(at, buffer - block.history()); at < block.frames(); at += kStride) {
            if (!repeats(block, at, buffer) || is_zero(block, at)) {
                continue;
            }
            auto start = at;
            while (start - buffer > -block.history() && repeats(block, start - 1, buffer)) {
                --start;
            }
            equal_from = block.first_frame + start;
            at = end_of_equals(block, at, buffer, equal_from);
        }
    }

    /// @returns where the stretch ends, which is then judged, or the block's end
    std::int64_t end_of_equals(
        Block const& block, std::int64_t at, std::int64_t buffer, std::int64_t& equal_from
    ) {
        while (at < block.frames() && repeats(block, at, buffer)) {
            ++at;
        }
        if (at < block.frames()) {
            judge(block, {.first = equal_from - block.first_frame, .end = at}, buffer);
            equal_from = kNone;
        }
        return at;
    }

    /// Frames of a block, and of what lies before it.
    struct Stretch {
        std::int64_t first = 0;
        std::int64_t end = 0;
    };

    void judge(Block const& block, Stretch const& stretch, std::int64_t buffer) {
        auto const length = stretch.end - stretch.first;
        bool const is_once = length >= buffer && length < buffer + kSlackFrames;
        if (is_once && is_loud(block, stretch) && !is_wave(block, stretch)) {
            found_.add(block.first_frame + stretch.first, block.first_frame + stretch.end);
            longest_ = std::max(longest_, buffer);
        }
    }

    [[nodiscard]] static bool is_loud(Block const& block, Stretch const& stretch) {
        return std::ranges::any_of(block.channels, [&](ChannelBlock const& channel) {
            double energy = 0.0;
            for (auto i = stretch.first; i < stretch.end; ++i) {
                energy += static_cast<double>(channel.at(i)) * static_cast<double>(channel.at(i));
            }
            return energy > kLoud_power * static_cast<double>(stretch.end - stretch.first);
        });
    }

    /// Whether the stretch consists of shorter periods, or of one value.
    [[nodiscard]] static bool is_wave(Block const& block, Stretch const& stretch) {
        auto const has_period = [&](std::int64_t period) {
            for (auto i = stretch.first + period; i < stretch.end; ++i) {
                if (!repeats(block, i, period)) {
                    return false;
                }
            }
            return true;
        };
        if (has_period(1)) {
            return true;
        }
        auto const half = (stretch.end - stretch.first) / 2;
        for (auto period = kShortestWave; period <= half; ++period) {
            if (has_period(period)) {
                return true;
            }
        }
        return false;
    }

    Stem const& stem_;
    std::array<std::int64_t, kBuffers.size()> equal_from_{};
    Places found_{};
    std::int64_t longest_ = 0;
};

} // namespace

std::unique_ptr<BlockCheck> make_repeated_buffer_check(Stem const& stem) {
    return std::make_unique<RepeatedBufferCheck>(stem);
}

} // namespace stemlathe::intake
