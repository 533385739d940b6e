#include "host/intake/checks/checks.hpp"
#include "host/intake/stem_check.hpp"
#include "host/intake/words.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace stemlathe::intake {

namespace {

/// `over_full_scale`: floating-point samples beyond 1.0. Nothing is lost, but every player and
/// converter would clip them.
class OverFullScaleCheck final : public BlockCheck {
  public:
    explicit OverFullScaleCheck(Stem const& stem) : stem_(stem) {}

    void process(Block const& block) override {
        if (block.peak() <= 1.0F) {
            return;
        }
        peak_ = std::max(peak_, block.peak());
        for (auto const& channel : block.channels) {
            look_at(channel.samples, block.first_frame);
        }
    }

    void finish(Extent const& /*extent*/, std::vector<Finding>& findings) override {
        if (samples_ == 0) {
            return;
        }
        double const peak_dbfs = db_from_gain(static_cast<double>(peak_));
        double const first_s = moment_s(stem_, *first_frame_);
        findings.push_back(
            {.code = "over_full_scale",
             .severity = Severity::info,
             .stem = stem_.file,
             .start_s = first_s,
             .end_s = moment_s(stem_, last_frame_ + 1),
             .measured = peak_dbfs,
             .limit = 0.0,
             .unit = "dBFS",
             .message = fmt::format(
                 "{} goes {:.1f} dB over full scale in {}, the first at {:.2f} s. It is "
                 "floating point, so nothing is lost; keep it that way, or turn it down before you "
                 "convert it",
                 stem_.file,
                 peak_dbfs,
                 counted(samples_, "sample"),
                 first_s
             )}
        );
    }

  private:
    void look_at(std::span<float const> samples, std::int64_t first_frame) {
        for (std::size_t i = 0; i < samples.size(); ++i) {
            if (samples[i] > 1.0F || samples[i] < -1.0F) {
                auto const frame = first_frame + static_cast<std::int64_t>(i);
                first_frame_ = std::min(first_frame_.value_or(frame), frame);
                last_frame_ = std::max(last_frame_, frame);
                ++samples_;
            }
        }
    }

    Stem const& stem_;
    float peak_ = 0.0F;
    std::int64_t samples_ = 0;
    std::optional<std::int64_t> first_frame_{};
    std::int64_t last_frame_ = 0;
};

} // namespace

std::unique_ptr<BlockCheck> make_over_full_scale_check(Stem const& stem) {
    return std::make_unique<OverFullScaleCheck>(stem);
}

} // namespace stemlathe::intake
