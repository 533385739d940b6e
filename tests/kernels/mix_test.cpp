#include "tests/reference/mix_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace stemlathe::test {

namespace {

using Mix = EachBackend;

std::vector<Signal> stems(int count, std::int64_t frames) {
    std::vector<Signal> out;
    out.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        out.push_back(white_noise(
            {.level_dbfs = -3.0 * (i % 7), .frames = frames, .seed = static_cast<unsigned>(i + 1)}
        ));
    }
    return out;
}

/// Input i arrives in pieces of paces[i] frames (0: never in that round) until each is through.
Signal mix_at_paces(
    Backend& backend, std::vector<Signal> const& signals, std::vector<std::int64_t> const& paces
) {
    auto const stage = backend.make_mix({.inputs = static_cast<int>(signals.size())});
    std::vector<AudioBuffer> buffers(signals.size());
    std::vector<std::int64_t> at(signals.size());
    Signal out;
    for (bool more = true; more;) {
        more = false;
        std::vector<AudioView> views(signals.size());
        for (std::size_t i = 0; i < signals.size(); ++i) {
            auto const frames = static_cast<std::int64_t>(signals[i].size()) / kChannels;
            auto const count = std::min(paces[i], frames - at[i]);
            if (count > 0) {
                auto const part = std::span{signals[i]}.subspan(
                    static_cast<std::size_t>(at[i] * kChannels),
                    static_cast<std::size_t>(count * kChannels)
                );
                views[i] = backend.upload(part, at[i], buffers[i]);
                at[i] += count;
                more = true;
            }
        }
        auto const view = stage->process(views);
        EXPECT_TRUE(view.frames == 0 || view.position * kChannels == std::ssize(out));
        append(backend, view, out);
    }
    append(backend, stage->finish(), out);
    return out;
}

TEST_P(Mix, StaysWithinTheRoundingOfTheExactSum) {
    for (int const count : {2, 5, 13, 64}) {
        auto const signals = stems(count, 1'001);
        auto const stage = backend->make_mix({.inputs = count});
        auto const mixed = run(*backend, *stage, signals, 333);
        std::vector<double> magnitudes;
        auto const exact = reference::sum_of(signals, magnitudes);
        ASSERT_EQ(mixed.size(), exact.size());
        for (std::size_t i = 0; i < mixed.size(); ++i) {
            ASSERT_LE(std::abs(mixed[i] - exact[i]), 0x1.0p-24 * magnitudes[i])
                << count << " inputs, sample " << i;
        }
    }
}

TEST_P(Mix, KeepsWhatIsLeftWhenLargeInputsCancel) {
    std::vector<Signal> const signals{Signal(66, 1.0F), Signal(66, 1e-9F), Signal(66, -1.0F)};
    auto const stage = backend->make_mix({.inputs = 3});
    EXPECT_TRUE(audio_near(run(*backend, *stage, signals), Signal(66, 1e-9F), -300.0));
}

TEST_P(Mix, IsTheInputItselfForOneInput) {
    auto const noise = white_noise({.frames = 1'000});
    auto const stage = backend->make_mix({.inputs = 1});
    EXPECT_TRUE(audio_identical(run(*backend, *stage, noise, 77), noise));
}

TEST_P(Mix, GivesTheSameBitsForEverySegmentSizeAndPace) {
    auto const signals = stems(3, 70'000);
    auto const stage = backend->make_mix({.inputs = 3});
    auto const whole = run(*backend, *stage, signals, 70'000);
    for (std::vector<std::int64_t> const& paces :
         {std::vector<std::int64_t>{31, 31, 31},
          {4'096, 4'096, 4'096},
          {65'536, 65'536, 65'536},
          {70'000, 1'000, 33},
          {999, 1'000, 1'001}}) {
        EXPECT_TRUE(audio_identical(mix_at_paces(*backend, signals, paces), whole));
    }
    auto const few = stems(3, 300);
    EXPECT_TRUE(audio_identical(
        mix_at_paces(*backend, few, {1, 1, 1}), mix_at_paces(*backend, few, {300, 300, 300})
    ));
}

TEST_P(Mix, TakesAnInputThatEndedAsSilence) {
    std::vector<Signal> const signals{
        Signal(2 * 5'000, 0.25F), Signal(2 * 40, 0.5F), Signal{}, Signal(2 * 33, -0.125F)};
    Signal expected(2 * 5'000, 0.25F);
    for (std::size_t i = 0; i < 2 * 40; ++i) {
        expected[i] = i < 2 * 33 ? 0.625F : 0.75F;
    }
    EXPECT_TRUE(audio_identical(mix_at_paces(*backend, signals, {100, 7, 50, 50}), expected));
}

TEST_P(Mix, GivesNothingFromNothing) {
    auto const stage = backend->make_mix({.inputs = 2});
    std::vector<AudioView> const empty(2);
    EXPECT_EQ(stage->process(empty).frames, 0);
    EXPECT_EQ(stage->finish().frames, 0);
}

TEST_P(Mix, AddsHostileSignalsOfAnyLength) {
    for (float const value : {0.0F, 1.0F, -1.0F, 1e-40F}) {
        for (std::size_t const frames : {1U, 31U, 32U, 33U, 4'095U, 4'096U, 4'097U}) {
            std::vector<Signal> const signals(2, Signal(2 * frames, value));
            auto const stage = backend->make_mix({.inputs = 2});
            EXPECT_TRUE(audio_identical(
                run(*backend, *stage, signals, 4'096), Signal(2 * frames, value + value)
            )) << value
               << ", " << frames << " frames";
        }
    }
}

TEST_P(Mix, RefusesACountOutOfRange) {
    for (int const inputs : {0, -1, 65}) {
        EXPECT_TRUE(fails_with(
            Code::invalid_plan,
            "1 to 64",
            [&] { static_cast<void>(backend->make_mix({.inputs = inputs})); }
        )) << inputs
           << " inputs";
    }
}

INSTANTIATE_EACH_BACKEND(Mix);

} // namespace

} // namespace stemlathe::test
