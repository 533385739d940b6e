#include "host/codecs/stretches.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stemlathe {

namespace {

constexpr double kCell_s = 0.1; ///< of SignalReading::peak

/// Moments of the song in seconds, the highest first, apart from each other. Samples stand for true
/// peaks but in the first, which the meter found: every other choice by level or brightness that
/// was tried missed more of what codecs overshoot by.
std::vector<double> moments_of(LoudnessReading const& reading) {
    std::vector<double> chosen;
    auto const add = [&](double moment_s) {
        bool const is_near = std::ranges::any_of(chosen, [&](double other_s) {
            return std::abs(other_s - moment_s) < 0.5 * kCodecHeard_s;
        });
        if (!is_near && std::ssize(chosen) < kCodecMoments) {
            chosen.push_back(moment_s);
        }
    };
    for (auto const& channel : reading.channels) {
        if (channel.true_peak_at_s) {
            add(*channel.true_peak_at_s);
        }
    }
    if (!reading.signal) {
        return chosen;
    }
    auto const& peak = reading.signal->peak;
    std::vector<std::size_t> cells(peak.size());
    std::iota(cells.begin(), cells.end(), std::size_t{0});
    std::ranges::stable_sort(cells, std::ranges::greater{}, [&](std::size_t cell) {
        return peak[cell];
    });
    for (auto const cell : cells) {
        add((static_cast<double>(cell) + 0.5) * kCell_s);
    }
    return chosen;
}

} // namespace

CodecStretches codec_stretches(LoudnessReading const& reading, std::int64_t frames, int rate_hz) {
    auto moments = moments_of(reading);
    std::ranges::sort(moments);
    auto const frame_at = [&](double seconds) {
        return std::clamp<std::int64_t>(std::llround(seconds * rate_hz), 0, frames);
    };
    CodecStretches out;
    for (auto const moment_s : moments) {
        double const heard_from_s = moment_s - 0.5 * kCodecHeard_s;
        double const heard_to_s = moment_s + 0.5 * kCodecHeard_s;
        CodecStretch const next{
            .from = frame_at(heard_from_s - kCodecBefore_s),
            .to = frame_at(heard_to_s + kCodecAfter_s),
            .heard_from = frame_at(heard_from_s),
            .heard_to = frame_at(heard_to_s)};
        if (!out.stretches.empty() && next.from <= out.stretches.back().to) {
            out.stretches.back().to = next.to;
            out.stretches.back().heard_to = next.heard_to;
        } else {
            out.stretches.push_back(next);
        }
        ++out.moments;
    }
    for (auto const& stretch : out.stretches) {
        out.frames += stretch.to - stretch.from;
    }
    if (2 * out.frames > frames) { // hardly dearer whole
        return {
            .stretches = {{.from = 0, .to = frames, .heard_from = 0, .heard_to = frames}},
            .frames = frames};
    }
    return out;
}

} // namespace stemlathe
