#pragma once

#include "tests/reference/quantise_reference.hpp"
#include "tests/support/audio_matchers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

// What the tests of the quantiser share: audio written, read back, and compared with what it was.

namespace stemlathe::test {

struct Written {
    std::vector<std::byte> bytes{};
    std::int64_t clipped_samples = 0;
};

inline Written write(
    Backend& backend,
    QuantiseSettings const& settings,
    Signal const& signal,
    std::int64_t segment = 32'768
) {
    auto const quantiser = backend.make_quantiser(settings);
    Written out;
    for_each_segment(backend, signal, segment, [&](AudioView part) {
        auto const packed = quantiser->process(part);
        EXPECT_EQ(packed.frames, part.frames);
        out.bytes.insert(out.bytes.end(), packed.bytes.begin(), packed.bytes.end());
    });
    out.clipped_samples = quantiser->clipped_samples();
    return out;
}

/// Whole steps of `settings.bits` bits.
inline std::vector<std::int64_t>
levels_of(Written const& written, QuantiseSettings const& settings) {
    auto const width = bytes_per_sample(settings.format);
    auto words = reference::words_of(written.bytes, static_cast<std::size_t>(width));
    auto const step = std::int64_t{1} << (8 * width - settings.bits);
    for (auto& word : words) {
        EXPECT_EQ(word % step, 0) << "not left-justified";
        word /= step;
    }
    return words;
}

/// Output minus input in LSB, interleaved.
inline std::vector<double>
errors_of(Backend& backend, QuantiseSettings const& settings, Signal const& signal) {
    auto const levels = levels_of(write(backend, settings, signal), settings);
    std::vector<double> errors(signal.size());
    for (std::size_t i = 0; i < errors.size(); ++i) {
        errors[i] = static_cast<double>(levels[i]) -
                    std::ldexp(static_cast<double>(signal[i]), settings.bits - 1);
    }
    return errors;
}

inline std::vector<double> channel_of(std::span<double const> interleaved, std::size_t channel) {
    std::vector<double> out;
    for (std::size_t i = channel; i < interleaved.size(); i += 2) {
        out.push_back(interleaved[i]);
    }
    return out;
}

inline double mean_product(std::span<double const> a, std::span<double const> b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    return sum / static_cast<double>(a.size());
}

inline constexpr QuantiseSettings kCd{
    .rate_hz = 44'100,
    .format = SampleFormat::pcm_16,
    .bits = 16,
    .dither = Dither::tpdf,
    .seed = 7};

inline QuantiseSettings with(QuantiseSettings settings, Dither dither) {
    settings.dither = dither;
    return settings;
}

} // namespace stemlathe::test
