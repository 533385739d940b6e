#include "host/intake/origin/sample_grid.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace stemlathe {

namespace {

constexpr int kBits = 24;
constexpr float kFullScale = 0x1p23F;
constexpr float kLargest = 0x1p30F;   // float stems may go beyond full scale, but not far
constexpr std::int32_t kFineStep = 4; // a grid this fine is no worse than 22 bits
constexpr std::int64_t kLouderEvery = 64;
constexpr std::size_t kLouderMax = 2048;
constexpr double kRegular = 0.8; // of the neighbours; the others skip values that never occurred

} // namespace

void SampleGrid::add(std::span<float const> samples) {
    std::uint32_t used = 0;
    std::uint32_t broken = 0;
    std::int32_t peak = 0;
    for (float const sample : samples) {
        float const value = std::clamp(sample * kFullScale, -kLargest, kLargest);
        auto const whole = static_cast<std::int32_t>(value);
        broken |= static_cast<float>(whole) == value ? 0U : 1U;
        used |= static_cast<std::uint32_t>(whole);
        peak = std::max(peak, std::abs(whole));
    }
    used_bits_ |= used;
    is_whole_ = is_whole_ && broken == 0;
    peak_ = std::max(peak_, peak);
}

void SampleGrid::add_values(std::span<float const> samples) {
    for (float const sample : samples) {
        float const value = std::clamp(sample * kFullScale, -kLargest, kLargest);
        auto const nearest = static_cast<std::int32_t>(std::lrint(value));
        if (nearest > -kReach && nearest < kReach) {
            seen_[static_cast<std::size_t>(nearest + kReach)] = true;
        } else if (added_ % kLouderEvery == 0 && louder_.size() < kLouderMax) {
            louder_.push_back(nearest);
        }
        ++added_;
    }
}

int SampleGrid::bits() const noexcept {
    if (!is_whole_) {
        return kBits + 1;
    }
    return used_bits_ == 0 ? 0 : std::max(kBits - std::countr_zero(used_bits_), 1);
}

std::vector<std::int32_t> SampleGrid::values() const {
    std::vector<std::int32_t> found;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        if (seen_[i]) {
            found.push_back(static_cast<std::int32_t>(i) - kReach);
        }
    }
    return found;
}

bool SampleGrid::is_fine() const {
    auto const found = values();
    std::size_t fine = 0;
    for (std::size_t i = 1; i < found.size(); ++i) {
        fine += found[i] - found[i - 1] <= kFineStep ? 1U : 0U;
    }
    return fine >= kStepsLeast && 5 * fine > found.size();
}

std::optional<double> SampleGrid::step() const {
    constexpr std::int32_t kStepMax = 2048; // 16 bits raised by 18 dB
    auto const found = values();
    std::array<std::size_t, kStepMax + 2> counts{};
    for (std::size_t i = 1; i < found.size(); ++i) {
        ++counts[static_cast<std::size_t>(std::min(found[i] - found[i - 1], kStepMax + 1))];
    }
    std::size_t best = 0; // values were rounded to whole numbers: distances are this or one more
    for (std::size_t step = kFineStep + 1; step < kStepMax; ++step) {
        if (counts[step] + counts[step + 1] > counts[best] + counts[best + 1]) {
            best = step;
        }
    }
    std::size_t const regular = counts[best] + counts[best + 1];
    if (best == 0 || regular < kStepsLeast ||
        static_cast<double>(regular) < kRegular * static_cast<double>(found.size() - 1)) {
        return std::nullopt;
    }
    double const about = static_cast<double>(best) +
                         static_cast<double>(counts[best + 1]) / static_cast<double>(regular);
    double steps = 0.0; // from the first value to the last, for a better figure
    for (std::size_t i = 1; i < found.size(); ++i) {
        steps += std::round((found[i] - found[i - 1]) / about);
    }
    double const step = (found.back() - found.front()) / steps;
    return holds_beyond(step) ? std::optional{step} : std::nullopt;
}

/// Whether louder samples are multiples of the step, as far as its figure reaches.
bool SampleGrid::holds_beyond(double step) const {
    constexpr double kReachOfFigure = 8192.0; // steps: it is known to one in kReach, or two
    constexpr double kNear = 0.25;            // of a step; half of all samples are by chance
    constexpr double kShare = 0.9;
    constexpr double kLeast = 32.0;
    double judged = 0.0;
    double near = 0.0;
    for (auto const value : louder_) {
        double const steps = value / step;
        if (std::abs(steps) <= kReachOfFigure) {
            judged += 1.0;
            near += std::abs(steps - std::round(steps)) <= kNear ? 1.0 : 0.0;
        }
    }
    return judged >= kLeast && near >= kShare * judged;
}

} // namespace stemlathe
