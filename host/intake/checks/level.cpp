#include "host/intake/checks/checks.hpp"
#include "host/intake/silence.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::intake {

namespace {

constexpr double kLowPeak_dbfs = -45.0;

/// `silent` and `low_level`: a stem that was exported muted, or with its fader down.
class LevelCheck final : public BlockCheck {
  public:
    explicit LevelCheck(Stem const& stem) : stem_(stem) {}

    void process(Block const& block) override {
        peak_ = std::max(peak_, block.peak());
    }

    void finish(Extent const& extent, std::vector<Finding>& findings) override {
        if (!extent.has_start || !extent.has_end) {
            return; // it may well sound elsewhere
        }
        double const peak_dbfs = db_from_gain(static_cast<double>(peak_));
        if (peak_dbfs < kSilentPeak_dbfs) {
            findings.push_back(
                silent_finding(stem_.file, peak_ > 0.0F ? std::optional{peak_dbfs} : std::nullopt)
            );
        } else if (peak_dbfs < kLowPeak_dbfs) {
            findings.push_back(
                {.code = "low_level",
                 .severity = Severity::warn,
                 .stem = stem_.file,
                 .measured = peak_dbfs,
                 .limit = kLowPeak_dbfs,
                 .unit = "dBFS",
                 .message = fmt::format(
                     "{} is very quiet: it peaks at {:.1f} dBFS. If its fader was down, export it "
                     "again at the level it has in the mix",
                     stem_.file,
                     peak_dbfs
                 )}
            );
        }
    }

  private:
    Stem const& stem_;
    float peak_ = 0.0F;
};

} // namespace

std::unique_ptr<BlockCheck> make_level_check(Stem const& stem) {
    return std::make_unique<LevelCheck>(stem);
}

} // namespace stemlathe::intake
