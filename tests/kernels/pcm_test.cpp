#include "tests/reference/pcm_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

using Pcm = EachBackend;
using Bytes = std::vector<std::byte>;

constexpr std::array kIntegers{SampleFormat::pcm_16, SampleFormat::pcm_24, SampleFormat::pcm_32};

/// Every byte pattern is a legal integer sample; both ends of the scale come first.
Bytes integer_bytes(SampleFormat format, std::int64_t samples) {
    auto const width = static_cast<std::size_t>(bytes_per_sample(format));
    Bytes bytes(static_cast<std::size_t>(samples) * width);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::byte>(static_cast<unsigned>(uniform(3, i) * 256.0));
    }
    for (std::size_t i = 0; i < std::min(bytes.size(), width); ++i) {
        bytes[i] = i + 1 == width ? std::byte{0x80} : std::byte{0x00}; // lowest
    }
    for (std::size_t i = width; i < std::min(bytes.size(), 2 * width); ++i) {
        bytes[i] = i + 1 == 2 * width ? std::byte{0x7F} : std::byte{0xFF}; // highest
    }
    return bytes;
}

template <typename T>
Bytes bytes_of(std::vector<T> const& values) {
    Bytes bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

Signal unpack_all(
    Backend& backend, UnpackSettings const& settings, Bytes const& bytes, std::int64_t segment
) {
    auto const unpacker = backend.make_unpacker(settings);
    auto const frame_bytes = settings.channels * bytes_per_sample(settings.format);
    auto const frames = static_cast<std::int64_t>(bytes.size()) / frame_bytes;
    Signal out;
    for (std::int64_t at = 0; at < frames; at += segment) {
        auto const count = std::min(segment, frames - at);
        auto const part = std::span{bytes}.subspan(
            static_cast<std::size_t>(at * frame_bytes),
            static_cast<std::size_t>(count * frame_bytes)
        );
        auto const view = unpacker->process({.bytes = part, .frames = count});
        EXPECT_EQ(view.position, at);
        EXPECT_EQ(view.frames, count);
        append(backend, view, out);
    }
    return out;
}

Signal expected_from_integers(UnpackSettings const& settings, Bytes const& bytes) {
    auto const width = static_cast<std::size_t>(bytes_per_sample(settings.format));
    Signal out;
    for (std::size_t at = 0; at < bytes.size(); at += width) {
        double const value = reference::from_integer(std::span{bytes}.subspan(at, width));
        out.insert(out.end(), settings.channels == 1 ? 2 : 1, static_cast<float>(value));
    }
    return out;
}

TEST_P(Pcm, ReadsEveryIntegerFormatExactly) {
    for (auto const format : kIntegers) {
        for (int const channels : {1, 2}) {
            for (std::int64_t const frames : {1, 31, 32, 33, 4095, 4096, 4097}) {
                UnpackSettings const settings{.format = format, .channels = channels};
                auto const bytes = integer_bytes(format, frames * channels);
                EXPECT_TRUE(audio_identical(
                    unpack_all(*backend, settings, bytes, 65'536),
                    expected_from_integers(settings, bytes)
                )) << name_of(format)
                   << ", " << channels << " channels, " << frames << " frames";
            }
        }
    }
}

TEST_P(Pcm, GivesTheSameBitsForEverySegmentSize) {
    for (auto const format : kIntegers) {
        UnpackSettings const settings{.format = format, .channels = 2};
        auto const bytes = integer_bytes(format, 2 * 10'000);
        auto const whole = unpack_all(*backend, settings, bytes, 10'000);
        for (std::int64_t const segment : {31, 4096}) {
            EXPECT_TRUE(audio_identical(unpack_all(*backend, settings, bytes, segment), whole));
        }
        auto const start = Bytes(bytes.begin(), bytes.begin() + 600 * bytes_per_sample(format));
        EXPECT_TRUE(
            audio_identical(unpack_all(*backend, settings, start, 1), std::span{whole}.first(600))
        );
    }
}

TEST_P(Pcm, KeepsFloatsBitForBit) {
    std::vector<float> const values{
        0.0F, -0.0F, 1.0F, -2.5F, 1e-45F, std::numeric_limits<float>::max(), -1e-38F, 0.1F};
    auto const bytes = bytes_of(values);
    EXPECT_TRUE(audio_identical(
        unpack_all(*backend, {.format = SampleFormat::float_32, .channels = 2}, bytes, 3), values
    ));
}

TEST_P(Pcm, RoundsDoublesToTheNearestFloat) {
    std::vector<double> values{0.1, -1.0 / 3.0, 1.0 + 0x1.0p-25, 1.0 + 0x1.8p-24, 1e-300, -0.0};
    Signal expected;
    for (double const value : values) {
        auto const bytes = bytes_of(std::vector<double>{value});
        auto const rounded = static_cast<float>(reference::from_float(bytes));
        expected.insert(expected.end(), 2, rounded);
    }
    EXPECT_TRUE(audio_identical(
        unpack_all(
            *backend, {.format = SampleFormat::float_64, .channels = 1}, bytes_of(values), 4
        ),
        expected
    ));
}

TEST_P(Pcm, RefusesWhatIsNotANumberAndNamesTheFirstFrameOfTheSong) {
    constexpr auto kInfinite = std::numeric_limits<double>::infinity();
    constexpr auto kNaN = std::numeric_limits<double>::quiet_NaN();

    struct Case {
        double value = 0.0;
        SampleFormat format = SampleFormat::float_64;
        std::string word{};
    };

    for (auto const& wrong :
         {Case{kNaN, SampleFormat::float_32, "NaN"},
          Case{kInfinite, SampleFormat::float_32, "infinite"},
          Case{-kInfinite, SampleFormat::float_64, "infinite"},
          Case{kNaN, SampleFormat::float_64, "NaN"},
          Case{1e39, SampleFormat::float_64, "beyond float32"}}) {
        std::vector<double> values(2 * 10'000, 0.25);
        values[2 * 7'777 + 1] = wrong.value;
        values[2 * 8'000] = wrong.value;
        auto const bytes = wrong.format == SampleFormat::float_64
                               ? bytes_of(values)
                               : bytes_of(std::vector<float>(values.begin(), values.end()));
        for (std::int64_t const segment : {100, 10'000}) {
            try {
                (void)unpack_all(*backend, {.format = wrong.format, .channels = 2}, bytes, segment);
                ADD_FAILURE() << wrong.value << " was accepted";
            } catch (Failure const& failure) {
                EXPECT_EQ(failure.code(), Code::not_a_number);
                std::string const sentence = failure.what();
                EXPECT_NE(sentence.find("right sample of frame 7777"), std::string::npos)
                    << sentence;
                EXPECT_NE(sentence.find(wrong.word), std::string::npos) << sentence;
            }
        }
    }
}

TEST_P(Pcm, RefusesMoreThanTwoChannels) {
    for (int const channels : {0, 3, -1}) {
        EXPECT_TRUE(fails_with(
            Code::invalid_plan,
            "1 or 2",
            [&] { static_cast<void>(backend->make_unpacker({.channels = channels})); }
        )) << channels
           << " channels";
    }
}

INSTANTIATE_EACH_BACKEND(Pcm);

} // namespace

} // namespace stemlathe::test
