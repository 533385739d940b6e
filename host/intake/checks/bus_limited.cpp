#include "host/intake/checks/checks.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace stemlathe::intake {

namespace {

constexpr int kWindowBlocks = 2; ///< about 50 ms
constexpr double kSounding_power = 1e-6;
constexpr std::size_t kWindowsLeast = 100; ///< a few seconds of sound
constexpr float kNearPeak = 0.944F;        ///< 0.5 dB under the stem's peak
/// Share of windows whose peak is near the stem's: 0.002 to 0.02 in mixes and stems, 0.05 where a
/// limiter just touches, 0.24 at a crest factor of 11 dB, 0.58 where a maximiser was driven hard.
constexpr double kShare = 0.15;
/// Steady notes of a synthesiser have one peak too, but also one level. A limiter holds the peak
/// while the level moves.
constexpr double kLevelSpread_db = 0.5;
/// Hits that are all alike have one peak and long pauses; what is limited is dense.
constexpr double kCrest_db = 13.0;

/// What to do about a stem.
constexpr std::string_view kStemAdvice =
    "If a limiter or maximiser was left on its bus or on the master, take it off and export it "
    "again";

/// And about a reference mix, which is not mastered but compared with.
constexpr std::string_view kReferenceAdvice =
    "The stems can neither add up to it nor be judged by its level: send a bounce without the "
    "limiter on the master, and make sure that it was off when the stems were exported";

/// `bus_limited`: a limiter or maximiser was left on what the file was bounced through.
class BusLimitedCheck final : public BlockCheck {
  public:
    BusLimitedCheck(Stem const& stem, std::string_view advice) : stem_(stem), advice_(advice) {}

    void process(Block const& block) override {
        window_.peak = std::max(window_.peak, block.peak());
        double const rms = block.rms();
        window_.power += rms * rms / kWindowBlocks;
        if (++blocks_ == kWindowBlocks) {
            if (window_.power > kSounding_power) {
                windows_.push_back(
                    {.peak = window_.peak, .power = static_cast<float>(window_.power)}
                );
            }
            window_ = {};
            blocks_ = 0;
        }
    }

    void finish(Extent const& /*extent*/, std::vector<Finding>& findings) override {
        if (windows_.size() < kWindowsLeast) {
            return;
        }
        float const peak = std::ranges::max(windows_, {}, &Kept::peak).peak;
        double const share = share_near(peak);
        if (share <= kShare || level_spread_db(peak) < kLevelSpread_db ||
            crest_db(peak) > kCrest_db) {
            return;
        }
        findings.push_back(
            {.code = "bus_limited",
             .severity = Severity::warn,
             .stem = stem_.file,
             .measured = 100.0 * share,
             .limit = 100.0 * kShare,
             .unit = "% of the time",
             .message = fmt::format(
                 "{} looks limited: {:.0f} % of the time its peaks stand within 0.5 dB of {:.1f} "
                 "dBFS. {}",
                 stem_.file,
                 100.0 * share,
                 db_from_gain(static_cast<double>(peak)),
                 advice_
             )}
        );
    }

  private:
    struct Window {
        float peak = 0.0F;
        double power = 0.0;
    };

    struct Kept {
        float peak = 0.0F;
        float power = 0.0F;
    };

    [[nodiscard]] double share_near(float peak) const {
        auto const near = std::ranges::count_if(windows_, [&](Kept const& window) {
            return window.peak >= kNearPeak * peak;
        });
        return static_cast<double>(near) / static_cast<double>(windows_.size());
    }

    /// Standard deviation of the levels of the windows near the peak.
    [[nodiscard]] double level_spread_db(float peak) const {
        double count = 0.0;
        double sum = 0.0;
        double squares = 0.0;
        for (auto const& window : windows_) {
            if (window.peak >= kNearPeak * peak) {
                double const level_db = db_from_power(static_cast<double>(window.power));
                count += 1.0;
                sum += level_db;
                squares += level_db * level_db;
            }
        }
        double const mean = sum / count;
        return std::sqrt(std::max(squares / count - mean * mean, 0.0));
    }

    /// Peak over the level of what sounds.
    [[nodiscard]] double crest_db(float peak) const {
        double power = 0.0;
        for (auto const& window : windows_) {
            power += static_cast<double>(window.power);
        }
        return db_from_gain(static_cast<double>(peak)) -
               db_from_power(power / static_cast<double>(windows_.size()));
    }

    Stem const& stem_;
    std::string_view advice_;
    Window window_{};
    int blocks_ = 0;
    std::vector<Kept> windows_{};
};

} // namespace

std::unique_ptr<BlockCheck> make_bus_limited_check(Stem const& stem) {
    return std::make_unique<BusLimitedCheck>(stem, kStemAdvice);
}

std::unique_ptr<BlockCheck> make_reference_limited_check(Stem const& reference) {
    return std::make_unique<BusLimitedCheck>(reference, kReferenceAdvice);
}

} // namespace stemlathe::intake
