#include "host/intake/checks/checks.hpp"
#include "host/intake/loud_samples.hpp"
#include "host/intake/places.hpp"
#include "host/intake/words.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace stemlathe::intake {

namespace {

constexpr float kJustOver = 1.0F + std::numeric_limits<float>::epsilon();

/// `over_full_scale`: floating-point samples beyond 1.0. Nothing is lost, but every player and
/// converter would clip them.
class OverFullScaleCheck final : public BlockCheck {
  public:
    explicit OverFullScaleCheck(Stem const& stem) : stem_(stem) {}

    void process(Block const& block) override {
        if (block.peak() < kJustOver) {
            return;
        }
        peak_ = std::max(peak_, block.peak());
        for (auto const& channel : block.channels) {
            for_each_at_least(channel.samples, kJustOver, [&](std::size_t i) {
                auto const frame = block.first_frame + static_cast<std::int64_t>(i);
                samples_.add(frame, frame + 1);
            });
        }
    }

    void finish(Extent const& /*extent*/, std::vector<Finding>& findings) override {
        if (samples_.count == 0) {
            return;
        }
        double const peak_dbfs = db_from_gain(static_cast<double>(peak_));
        findings.push_back(
            {.code = "over_full_scale",
             .severity = Severity::info,
             .stem = stem_.file,
             .start_s = samples_.start_s(stem_),
             .end_s = samples_.end_s(stem_),
             .measured = peak_dbfs,
             .limit = 0.0,
             .unit = "dBFS",
             .message = fmt::format(
                 "{} goes {:.1f} dB over full scale in {}, the first at {:.2f} s. It is floating "
                 "point, so nothing is lost; keep it that way, or turn it down before you convert "
                 "it",
                 stem_.file,
                 peak_dbfs,
                 counted(samples_.count, "sample"),
                 samples_.start_s(stem_)
             )}
        );
    }

  private:
    Stem const& stem_;
    float peak_ = 0.0F;
    Places samples_{};
};

} // namespace

std::unique_ptr<BlockCheck> make_over_full_scale_check(Stem const& stem) {
    return std::make_unique<OverFullScaleCheck>(stem);
}

} // namespace stemlathe::intake
