#include "host/intake/checks/checks.hpp"
#include "host/intake/stem_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::intake {

namespace {

constexpr double kWindow_s = 0.4;
constexpr double kLoud_power = 1e-5; // -50 dBFS
constexpr double kWide = -0.2;
constexpr double kInverted = -0.5;

/// `correlation` and `channel_polarity`: the channels work against each other, so that the stem
/// loses level, or vanishes, where it is heard in mono. Judged by the median over 0.4 s, so that a
/// single wide effect says nothing.
class CorrelationCheck final : public BlockCheck {
  public:
    explicit CorrelationCheck(Stem const& stem)
        : stem_(stem), window_frames_(std::llround(kWindow_s * stem.media.rate_hz)) {}

    void process(Block const& block) override {
        if (block.channels.size() != 2) {
            return;
        }
        left_ += block.channels[0].energy;
        right_ += block.channels[1].energy;
        difference_ += block.difference_energy;
        frames_ += block.frames();
        if (frames_ >= window_frames_) {
            end_window(block.first_frame + block.frames());
        }
    }

    void finish(Extent const& /*extent*/, std::vector<Finding>& findings) override {
        if (values_.empty()) {
            return;
        }
        auto const middle = values_.begin() + std::ssize(values_) / 2;
        std::ranges::nth_element(values_, middle);
        double const median = static_cast<double>(*middle);
        if (median >= kWide) {
            return;
        }
        bool const is_inverted = median < kInverted;
        findings.push_back(
            {.code = is_inverted ? "channel_polarity" : "correlation",
             .severity = Severity::warn,
             .stem = stem_.file,
             .start_s = moment_s(stem_, first_low_),
             .measured = median,
             .limit = is_inverted ? kInverted : kWide,
             .unit = "correlation",
             .message =
                 stem_.file +
                 fmt::format(
                     ": its channels work against each other (correlation {:.2f}), so ", median
                 ) +
                 (is_inverted
                      ? "it all but vanishes in mono. Invert one channel and export it again"
                      : "it loses level in mono. Narrow it if that is not meant")}
        );
    }

  private:
    void end_window(std::int64_t end_frame) {
        // (L - R)^2 = L^2 + R^2 - 2 L R
        double const product = 0.5 * (left_ + right_ - difference_);
        double const scale = std::sqrt(left_ * right_);
        bool const is_loud = left_ + right_ > 2.0 * kLoud_power * static_cast<double>(frames_);
        if (is_loud && scale > 1e-4 * (left_ + right_)) {
            double const value = std::clamp(product / scale, -1.0, 1.0);
            if (value < kWide && first_low_ < 0) {
                first_low_ = end_frame - frames_;
            }
            values_.push_back(static_cast<float>(value));
        }
        left_ = right_ = difference_ = 0.0;
        frames_ = 0;
    }

    Stem const& stem_;
    std::int64_t window_frames_;
    double left_ = 0.0;
    double right_ = 0.0;
    double difference_ = 0.0;
    std::int64_t frames_ = 0;
    std::int64_t first_low_ = -1;
    std::vector<float> values_{};
};

} // namespace

std::unique_ptr<BlockCheck> make_correlation_check(Stem const& stem) {
    return std::make_unique<CorrelationCheck>(stem);
}

} // namespace stemlathe::intake
