#include "host/demo/synth.hpp"

#include <cmath>
#include <numbers>

namespace stemlathe::demo {
namespace {

constexpr double kHissGain = 2.7e-5; // uniform noise of this peak has -96 dBFS rms
constexpr double kFadeIn_s = 0.005;
constexpr double kFadeOut_s = 0.25;
constexpr double kCoupling_hz = 16.0;
constexpr double kHeadroomGain = 0.8; // keeps the sum 2 dB and more under full scale

double raised_cosine(double part) noexcept {
    return 0.5 - 0.5 * std::cos(std::numbers::pi * std::clamp(part, 0.0, 1.0));
}

} // namespace

StereoSample gains_at(double pan) noexcept {
    double const angle = 0.25 * std::numbers::pi * (pan + 1.0);
    return {std::cos(angle), std::sin(angle)};
}

StemSynth::StemSynth(Studio const& studio, int stem)
    : studio_(studio), stem_(stem), hiss_(studio.score.dice().bits(Chance::hiss, stem)) {
    for (auto& capacitor : coupling_) {
        capacitor.tune(kCoupling_hz, 0.7, rate_hz());
    }
}

double StemSynth::noise_gain() const noexcept {
    return std::sqrt(rate_hz() / 48'000.0);
}

Noise StemSynth::make_noise(int number) const noexcept {
    return Noise{score().dice().bits(Chance::noise, 100 * stem_ + number)};
}

void StemSynth::render(std::span<float> interleaved) {
    for (std::size_t value = 0; value + 1 < interleaved.size(); value += kChannels) {
        auto const in_block = static_cast<std::size_t>(position_ % kBlockFrames);
        if (in_block == 0) {
            next_block();
        }
        double const fade = fade_at(position_);
        double const hiss = kHissGain * hiss_.next();
        interleaved[value] = static_cast<float>(fade * (block_[in_block].left + hiss));
        interleaved[value + 1] = static_cast<float>(fade * (block_[in_block].right + hiss));
        ++position_;
    }
}

void StemSynth::next_block() {
    double const now_s = static_cast<double>(position_) / rate_hz();
    while (next_bar_ <= score().bars() && score().time_s(next_bar_, -1.0) <= now_s) {
        plan_bar(next_bar_);
        ++next_bar_;
    }
    block_.fill({});
    fill(block_, now_s);
    for (auto& frame : block_) {
        frame.left = kHeadroomGain * coupling_[0].next(frame.left).high;
        frame.right = kHeadroomGain * coupling_[1].next(frame.right).high;
    }
}

double StemSynth::fade_at(std::int64_t frame) const noexcept {
    double const since_start_s = static_cast<double>(frame) / rate_hz();
    double const until_end_s = static_cast<double>(studio_.frames - frame) / rate_hz();
    if (until_end_s <= 0.0) {
        return 0.0;
    }
    if (since_start_s >= kFadeIn_s && until_end_s >= kFadeOut_s) {
        return 1.0;
    }
    return raised_cosine(since_start_s / kFadeIn_s) * raised_cosine(until_end_s / kFadeOut_s);
}

} // namespace stemlathe::demo
