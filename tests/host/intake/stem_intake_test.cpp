#include "host/intake/planar.hpp"
#include "host/intake/stem_intake.hpp"
#include "tests/host/intake/checked.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

namespace stemlathe::test {

namespace {

/// A file's bytes, one after the other.
std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
    std::vector<std::byte> out;
    for (int const value : values) {
        out.push_back(static_cast<std::byte>(value));
    }
    return out;
}

TEST(Planar, IsExactForIntegers) {
    std::array<float, 2> left{};
    std::array<float, 2> right{};
    to_planar(bytes_of({1, 0, 2, 0, 3, 0, 0, 0x80}), SampleFormat::pcm_16, left, right);
    EXPECT_EQ(left, (std::array{0x1p-15F, 3 * 0x1p-15F}));
    EXPECT_EQ(right, (std::array{2 * 0x1p-15F, -1.0F}));
    to_planar(
        bytes_of({1, 0, 0, 2, 0, 0, 3, 0, 0, 0xFF, 0xFF, 0xFF}), SampleFormat::pcm_24, left, right
    );
    EXPECT_EQ(left, (std::array{0x1p-23F, 3 * 0x1p-23F}));
    EXPECT_EQ(right, (std::array{2 * 0x1p-23F, -0x1p-23F}));
    to_planar(bytes_of({0, 0, 0, 0x40, 0, 0, 0, 0x80}), SampleFormat::pcm_32, left, {});
    EXPECT_EQ(left, (std::array{0.5F, -1.0F}));
}

TEST(Planar, TakesFloatsAsTheyAre) {
    std::array<float, 4> const values{1.5F, -0.25F, 1e-40F, 0.0F};
    std::vector<std::byte> bytes(sizeof(values));
    std::memcpy(bytes.data(), values.data(), sizeof(values));
    std::array<float, 2> left{};
    std::array<float, 2> right{};
    to_planar(bytes, SampleFormat::float_32, left, right);
    EXPECT_EQ(left, (std::array{1.5F, 1e-40F}));
    EXPECT_EQ(right, (std::array{-0.25F, 0.0F}));
}

TEST(StemIntake, TellsItsChecksEveryFrameOnce) {
    // A peak of -46 dBFS in the last frame of 10 000 is what makes the stem quiet, not silent.
    constexpr std::int64_t kFrames = 10'000;
    std::vector<std::byte> bytes(kFrames * 6);
    bytes[bytes.size() - 2] = std::byte{0xA4};
    auto const stem = stem_of(silence(kFrames));
    for (std::int64_t const piece : {kFrames, std::int64_t{4096}, std::int64_t{999}}) {
        StemIntake intake{stem};
        for (std::int64_t at = 0; at < kFrames; at += piece) {
            auto const count = std::min(piece, kFrames - at);
            intake.process(
                {std::span{bytes}.subspan(
                     static_cast<std::size_t>(at * 6), static_cast<std::size_t>(count * 6)
                 ),
                 count},
                at
            );
        }
        std::vector<Finding> findings;
        intake.finish(findings);
        ASSERT_TRUE(finding_in(findings, "low_level")) << piece;
        EXPECT_NEAR(*finding_in(findings, "low_level")->measured, -46.0, 0.1);
    }
}

} // namespace

} // namespace stemlathe::test
