#include "formats/jail/jailed_source.hpp"
#include "formats/jail/probe.hpp"
#include "formats/reader.hpp"
#include "tests/formats/decoders.hpp"
#include "tests/formats/media_files.hpp"
#include "tests/support/files.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <cmath>
#include <thread>

/// Untrusted files through the decoder that is shipped.
namespace stemlathe::test {

namespace {

void write_flac(std::filesystem::path const& path, std::int64_t frames, std::uint64_t seed = 1) {
    write_media(
        path,
        {.container = Container::flac, .input = SampleFormat::pcm_32},
        packed_noise(SampleFormat::pcm_32, 2, frames, 24, seed)
    );
}

std::ptrdiff_t open_descriptors() {
    std::filesystem::directory_iterator const all{"/proc/self/fd"};
    return std::distance(begin(all), end(all));
}

bool has_children() {
    return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD;
}

TEST(JailedReading, LeavesNoDescriptorAndNoProcessBehind) {
    TempFolder const folder;
    write_flac(folder / "good.flac", 10'000);
    auto bytes = read_bytes(folder / "good.flac");
    bytes.resize(bytes.size() / 2);
    write_bytes(folder / "cut.flac", bytes);
    FakeDecoder const crashing{"crash"};
    auto const before = open_descriptors();
    for (int round = 0; round < 20; ++round) {
        EXPECT_EQ(read_media(folder / "good.flac").info.frames, 10'000);
        EXPECT_TRUE(failure_of([&] { (void)read_media(folder / "cut.flac"); }));
        EXPECT_TRUE(failure_of([&] {
            formats::JailedSource const source{
                formats::File::open(folder / "good.flac"), Container::flac, crashing.settings()};
        }));
        (void)probe(folder / "good.flac");
    }
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_FALSE(has_children());
}

/// The length in the header of a FLAC: 36 bits of STREAMINFO (RFC 9639 section 8.2).
void claim_frames(std::vector<std::byte>& flac, std::uint64_t frames) {
    constexpr std::size_t kAt = 4 + 4 + 13;
    flac[kAt] = (flac[kAt] & std::byte{0xF0}) | static_cast<std::byte>((frames >> 32U) & 0xFU);
    for (std::size_t i = 0; i < 4; ++i) {
        flac[kAt + 1 + i] = static_cast<std::byte>((frames >> (24 - 8 * i)) & 0xFFU);
    }
}

TEST(JailedReading, AHeaderThatPromisesTooMuchIsRefusedAtOnce) {
    TempFolder const folder;
    write_flac(folder / "a.flac", 10'000);
    auto bytes = read_bytes(folder / "a.flac");
    for (std::uint64_t const claimed : {0xF'FFFF'FFFFULL, 0x7'0000'0000ULL, 20'000ULL, 0ULL}) {
        claim_frames(bytes, claimed);
        write_bytes(folder / "a.flac", bytes);
        EXPECT_TRUE(fails_with(Code::unreadable, "a.flac", [&] {
            (void)read_media(folder / "a.flac");
        })) << claimed;
        EXPECT_TRUE(fails_with(Code::unreadable, "a.flac", [&] { (void)probe(folder / "a.flac"); }))
            << claimed;
    }
}

/// Silence in FLAC: hours of it in a file of kilobytes.
TEST(JailedReading, ABombIsRefusedByItsBudget) {
    TempFolder const folder;
    constexpr int kRate_hz = 8'000;
    constexpr std::int64_t kFrames = (6 * 3'600 + 1) * std::int64_t{kRate_hz};
    EncodeSettings const settings{
        .container = Container::flac,
        .input = SampleFormat::pcm_32,
        .bit_depth = 16,
        .rate_hz = kRate_hz,
        .channels = 1};
    write_media(folder / "a.flac", settings, std::vector<std::byte>(4 * kFrames));
    EXPECT_LT(std::filesystem::file_size(folder / "a.flac"), 2'000'000U);
    for (auto const& read : std::vector<std::function<void()>>{
             [&] { Reader const reader{folder / "a.flac"}; },
             [&] {
                 (void)probe(folder / "a.flac");
             }}) {
        EXPECT_TRUE(fails_with(Code::unreadable, "at most 6 hours", read));
    }
}

TEST(JailedReading, TwoHundredDamagedFilesHarmNobody) {
    TempFolder const folder;
    for (auto const container : {Container::flac, Container::ogg, Container::mp3, Container::caf}) {
        bool const is_lossy = container == Container::ogg || container == Container::mp3;
        write_media(
            folder / "good",
            {.container = container,
             .input = is_lossy ? SampleFormat::float_32 : SampleFormat::pcm_32},
            is_lossy ? packed_sine(2, 20'000) : packed_noise(SampleFormat::pcm_32, 2, 20'000, 24)
        );
        auto const good = read_bytes(folder / "good");
        for (std::uint64_t round = 0; round < 50; ++round) {
            auto bytes = good;
            double const share = 0.0001 * std::pow(10.0, 3.0 * uniform(1'000 + round, 0));
            for (std::size_t i = 0; i < bytes.size(); ++i) { // as zzuf does: a share of all bits
                double const hit = uniform(round, i);
                if (hit < share) {
                    bytes[i] ^= std::byte{1} << static_cast<int>(8.0 * hit / share);
                }
            }
            write_bytes(folder / "bad", bytes);
            try {
                auto const result = probe(folder / "bad");
                EXPECT_LE(result.decoded_frames, result.media.frames);
            } catch (Failure const& failure) {
                EXPECT_EQ(failure.code(), Code::unreadable) << failure.what();
                EXPECT_TRUE(std::string_view{failure.what()}.starts_with("bad ")) << failure.what();
            }
        }
    }
    EXPECT_FALSE(has_children());
}

TEST(JailedReadingThreads, MayReadManyFilesAtOnce) {
    TempFolder const folder;
    constexpr std::uint64_t kThreads = 8;
    for (std::uint64_t i = 0; i < kThreads; ++i) {
        write_flac(folder / std::to_string(i), 30'000, i);
    }
    auto const before = open_descriptors();
    std::vector<std::string> wrong(kThreads);
    std::vector<std::jthread> threads;
    for (std::uint64_t i = 0; i < kThreads; ++i) {
        threads.emplace_back([&folder, &said = wrong[i], i] {
            auto const expected = packed_noise(SampleFormat::pcm_32, 2, 30'000, 24, i);
            for (int round = 0; round < 5; ++round) {
                try {
                    if (read_media(folder / std::to_string(i)).samples != expected) {
                        said = "other samples";
                    }
                } catch (std::exception const& failure) {
                    said = failure.what();
                }
            }
        });
    }
    threads.clear(); // joins
    EXPECT_EQ(wrong, std::vector<std::string>(kThreads));
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_FALSE(has_children());
}

} // namespace

} // namespace stemlathe::test
