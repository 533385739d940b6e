#include "host/loudness/block_loudness.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe {

namespace {

constexpr double kFloor_lufs = -70.0;
constexpr double kNothing_lufs = -200.0;
constexpr std::size_t kHopsPerSecond = 100;
constexpr std::size_t kMomentaryHops = 40;
constexpr std::size_t kShortTermHops = 300;
constexpr std::size_t kTraceHops = 10;
constexpr std::size_t kRangeTailHops = 150;

double lufs(double power) {
    return power > 0.0 ? -0.691 + 10.0 * std::log10(power) : -1000.0;
}

/// Means over the `width` hops that end with each hop.
std::vector<double> windows(std::vector<double> const& hops, std::size_t width) {
    std::vector<double> out(hops.size());
    // Summed anew for each window's tenth, so that a loud passage leaves no rounding behind it.
    std::size_t const part = width / 10;
    std::vector<double> parts(hops.size());
    for (std::size_t end = 0; end < hops.size(); ++end) {
        for (std::size_t i = 0; i < part && i <= end; ++i) {
            parts[end] += hops[end - i];
        }
    }
    for (std::size_t end = 0; end < hops.size(); ++end) {
        for (std::size_t i = 0; i < width && i <= end; i += part) {
            out[end] += parts[end - i];
        }
        out[end] /= static_cast<double>(width);
    }
    return out;
}

/// The loudest window; `value` and `at_s`, where it begins, stay empty where there is none.
void find_loudest(
    std::vector<double> const& powers,
    std::size_t width,
    std::optional<double>& value,
    std::optional<double>& at_s
) {
    auto const loudest = std::ranges::max_element(powers);
    if (loudest == powers.end() || lufs(*loudest) <= kNothing_lufs) {
        return;
    }
    auto const end = static_cast<std::size_t>(loudest - powers.begin()) + 1;
    value = lufs(*loudest);
    at_s = static_cast<double>(end - std::min(width, end)) / kHopsPerSecond;
}

/// EBU Tech 3342 v4 section 3.
std::optional<double> range_lu(std::vector<double> const& short_term) {
    constexpr double kRelativeGate = 0.01; // -20 LU
    std::vector<double> loud;
    double sum = 0.0;
    for (auto end = kShortTermHops; end <= short_term.size(); end += kTraceHops) {
        double const power = short_term[end - 1];
        if (lufs(power) >= kFloor_lufs) {
            loud.push_back(power);
            sum += power;
        }
    }
    if (loud.empty()) {
        return std::nullopt;
    }
    double const gate = sum / static_cast<double>(loud.size()) * kRelativeGate;
    std::erase_if(loud, [gate](double power) { return power < gate; });
    std::ranges::sort(loud);
    auto const percentile = [&](double fraction) {
        auto const last = static_cast<double>(loud.size() - 1);
        return lufs(loud[static_cast<std::size_t>(std::llround(last * fraction))]);
    };
    return percentile(0.95) - percentile(0.10);
}

} // namespace

BlockLoudness::BlockLoudness(int rate_hz, int channels)
    : filter_(rate_hz, channels),
      rate_hz_(rate_hz),
      channels_(static_cast<std::size_t>(channels)) {}

std::int64_t BlockLoudness::hop_end() const {
    auto const hop = static_cast<std::int64_t>(hops_.size()) + 1;
    return (hop * rate_hz_ + kHopsPerSecond / 2) / static_cast<std::int64_t>(kHopsPerSecond);
}

void BlockLoudness::add(std::span<double const> samples) {
    while (!samples.empty()) {
        auto const left = static_cast<std::size_t>(hop_end() - frame_);
        auto const frames = std::min(left, samples.size() / channels_);
        sum_ += filter_.energy(samples.first(frames * channels_));
        samples = samples.subspan(frames * channels_);
        frame_ += static_cast<std::int64_t>(frames);
        if (frames == left) {
            hops_.push_back(sum_ * kHopsPerSecond / static_cast<double>(rate_hz_));
            sum_ = 0.0;
        }
    }
}

BlockReading BlockLoudness::finish() {
    // The filter rings into the silence behind the last frame; that belongs to its windows.
    std::vector<double> const silence(static_cast<std::size_t>(rate_hz_) * channels_, 0.0);
    auto const end = static_cast<std::size_t>(frame_);
    add(silence);
    auto const used = end * kHopsPerSecond / static_cast<std::size_t>(rate_hz_) + 1;
    BlockReading reading;
    find_loudest(
        windows(hops_, kMomentaryHops),
        kMomentaryHops,
        reading.momentary_max_lufs,
        reading.momentary_max_at_s
    );
    hops_.resize(end == 0 ? 0 : used + kRangeTailHops, 0.0);
    auto const short_term = windows(hops_, kShortTermHops);
    find_loudest(
        short_term, kShortTermHops, reading.short_term_max_lufs, reading.short_term_max_at_s
    );
    reading.loudness_range_lu = range_lu(short_term);
    for (auto hop = kTraceHops; hop <= used; hop += kTraceHops) {
        auto const value = hop <= short_term.size() ? lufs(short_term[hop - 1]) : kFloor_lufs;
        reading.short_term_lufs.push_back(static_cast<float>(std::max(value, kFloor_lufs)));
    }
    return reading;
}

} // namespace stemlathe
