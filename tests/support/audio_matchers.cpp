#include "tests/support/audio_matchers.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

namespace stemlathe::test {

double peak_difference_dbfs(std::span<float const> actual, std::span<float const> expected) {
    double worst = 0.0;
    for (std::size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
        double const difference = std::abs(static_cast<double>(actual[i]) - expected[i]);
        worst = std::isnan(difference) ? 1e9 : std::max(worst, difference);
    }
    return db_from_gain(worst);
}

double rms_difference_dbfs(std::span<float const> actual, std::span<float const> expected) {
    double sum = 0.0;
    auto const count = std::min(actual.size(), expected.size());
    for (std::size_t i = 0; i < count; ++i) {
        double const difference = static_cast<double>(actual[i]) - expected[i];
        sum += difference * difference;
    }
    return db_from_power(sum / static_cast<double>(std::max<std::size_t>(count, 1)));
}

::testing::AssertionResult
audio_near(std::span<float const> actual, std::span<float const> expected, double limit_dbfs) {
    if (actual.size() != expected.size()) {
        return ::testing::AssertionFailure()
               << "has " << actual.size() / 2 << " frames, expected " << expected.size() / 2;
    }
    double const residual_dbfs = peak_difference_dbfs(actual, expected);
    ::testing::Test::RecordProperty("residual_dbfs", std::to_string(residual_dbfs));
    if (residual_dbfs <= limit_dbfs) {
        return ::testing::AssertionSuccess() << "residual " << residual_dbfs << " dBFS";
    }
    std::size_t worst = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        if (!(std::abs(actual[i] - expected[i]) <= std::abs(actual[worst] - expected[worst]))) {
            worst = i;
        }
    }
    return ::testing::AssertionFailure()
           << "residual " << residual_dbfs << " dBFS, allowed " << limit_dbfs << "; worst at frame "
           << worst / 2 << (worst % 2 == 0 ? " left" : " right") << ": " << actual[worst]
           << " instead of " << expected[worst];
}

::testing::AssertionResult
audio_identical(std::span<float const> actual, std::span<float const> expected) {
    if (actual.size() != expected.size()) {
        return ::testing::AssertionFailure()
               << "has " << actual.size() / 2 << " frames, expected " << expected.size() / 2;
    }
    for (std::size_t i = 0; i < actual.size(); ++i) {
        if (std::memcmp(&actual[i], &expected[i], sizeof(float)) != 0) {
            return ::testing::AssertionFailure()
                   << "first difference at frame " << i / 2 << (i % 2 == 0 ? " left" : " right")
                   << ": " << actual[i] << " instead of " << expected[i];
        }
    }
    return ::testing::AssertionSuccess();
}

void append(Backend& backend, AudioView view, Signal& out) {
    auto const before = out.size();
    out.resize(before + view.values().size());
    backend.download(view, std::span<float>{out}.subspan(before));
}

Signal
run(Backend& backend, Stage& stage, std::span<Signal const> signals, std::int64_t segment_frames) {
    Signal out;
    std::vector<AudioBuffer> buffers(signals.size());
    auto const frames = static_cast<std::int64_t>(signals.front().size()) / kChannels;
    for (std::int64_t at = 0; at < frames; at += segment_frames) {
        auto const count = std::min(segment_frames, frames - at);
        std::vector<AudioView> views;
        for (std::size_t i = 0; i < signals.size(); ++i) {
            std::span<float const> const part{
                signals[i].data() + at * kChannels, static_cast<std::size_t>(count * kChannels)};
            views.push_back(backend.upload(part, at, buffers[i]));
        }
        append(backend, stage.process(views), out);
    }
    append(backend, stage.finish(), out);
    return out;
}

Signal run(Backend& backend, Stage& stage, Signal const& signal, std::int64_t segment_frames) {
    return run(backend, stage, std::span<Signal const>(&signal, 1), segment_frames);
}

Signal run_key_first(Backend& backend, Stage& stage, Signal const& audio, Signal const& key) {
    AudioBuffer audio_buffer;
    AudioBuffer key_buffer;
    auto const audio_there = backend.upload(audio, 0, audio_buffer);
    auto const key_there = backend.upload(key, 0, key_buffer);
    Signal out;
    append(backend, stage.process(std::vector<AudioView>{audio_there.slice(0, 0), key_there}), out);
    auto const key_end = key_there.slice(key_there.frames, 0);
    append(backend, stage.process(std::vector<AudioView>{audio_there, key_end}), out);
    append(backend, stage.finish(), out);
    return out;
}

std::vector<Signal>
run(Backend& backend, SplitStage& stage, Signal const& signal, std::int64_t segment_frames) {
    std::vector<Signal> bands;
    auto const take = [&](std::span<AudioView const> views) {
        bands.resize(views.size());
        for (std::size_t i = 0; i < views.size(); ++i) {
            append(backend, views[i], bands[i]);
        }
    };
    for_each_segment(backend, signal, segment_frames, [&](AudioView part) {
        take(stage.process(part));
    });
    take(stage.finish());
    return bands;
}

} // namespace stemlathe::test
