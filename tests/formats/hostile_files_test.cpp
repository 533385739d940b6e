#include "formats/reader.hpp"
#include "formats/writer.hpp"
#include "tests/formats/media_files.hpp"
#include "tests/formats/wave_bytes.hpp"
#include "tests/support/files.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstring>
#include <limits>

namespace stemlathe::test {

namespace {

EncodeSettings settings_for(Container container) {
    EncodeSettings settings{.container = container};
    bool const is_lossy = container == Container::mp3 || container == Container::ogg;
    bool const is_wave = container == Container::wav || container == Container::rf64;
    settings.input = is_lossy  ? SampleFormat::float_32
                     : is_wave ? SampleFormat::pcm_24
                               : SampleFormat::pcm_32;
    return settings;
}

constexpr std::array kAll{
    Container::wav,
    Container::rf64,
    Container::w64,
    Container::aiff,
    Container::caf,
    Container::flac,
    Container::ogg,
    Container::mp3};

void write_any(std::filesystem::path const& path, Container container) {
    auto const settings = settings_for(container);
    write_media(
        path,
        settings,
        settings.input == SampleFormat::float_32 ? packed_sine(2, 20'000)
                                                 : packed_noise(settings.input, 2, 20'000, 24)
    );
}

TEST(HostileFiles, ChangedBytesEndInASentenceOrInAudioButNeverInACrash) {
    TempFolder const folder;
    for (auto const container : kAll) {
        write_any(folder / "good", container);
        auto const good = read_bytes(folder / "good");
        for (std::uint64_t round = 0; round < 300; ++round) {
            auto bytes = good;
            for (std::uint64_t i = 0; i < 4; ++i) {
                double const where = uniform(round, 2 * i);
                // Half of the hits go to the header, where they do most harm.
                auto const span = std::min(i % 2 == 0 ? 200 : bytes.size(), bytes.size());
                bytes[static_cast<std::size_t>(where * static_cast<double>(span))] =
                    static_cast<std::byte>(256.0 * uniform(round, 2 * i + 1));
            }
            write_bytes(folder / "bad", bytes);
            try {
                auto const media = read_media(folder / "bad");
                EXPECT_GT(media.info.frames, 0);
            } catch (Failure const& failure) {
                EXPECT_EQ(failure.code(), Code::unreadable) << failure.what();
                EXPECT_TRUE(std::string_view{failure.what()}.starts_with("bad ")) << failure.what();
            }
        }
    }
}

TEST(HostileFiles, AFileCutAnywhereIsRefusedOrShort) {
    TempFolder const folder;
    for (auto const container : kAll) {
        write_any(folder / "good", container);
        auto const good = read_bytes(folder / "good");
        for (std::size_t kept = 0; kept < std::min<std::size_t>(good.size(), 300); kept += 3) {
            write_bytes(
                folder / "bad", {good.begin(), good.begin() + static_cast<std::ptrdiff_t>(kept)}
            );
            auto const failure = failure_of([&] { (void)read_media(folder / "bad"); });
            ASSERT_TRUE(failure) << name_of(container) << " cut at " << kept;
            EXPECT_EQ(failure->code(), Code::unreadable);
        }
    }
}

TEST(HostileFiles, WrongContentIsNoticed) {
    TempFolder const folder;
    write_any(folder / "song.wav", Container::mp3);
    auto const media = read_media(folder / "song.wav");
    EXPECT_EQ(media.info.container, Container::mp3);
    EXPECT_TRUE(media.info.wrong_content);
    write_any(folder / "song.FLAC", Container::flac);
    EXPECT_FALSE(read_media(folder / "song.FLAC").info.wrong_content);
}

TEST(HostileFiles, FoldersDevicesAndPipesAreNoAudio) {
    TempFolder const folder;
    EXPECT_TRUE(fails_with(Code::unreadable, "is a folder or a device", [&] {
        Reader const reader{folder.path()};
    }));
    EXPECT_TRUE(fails_with(Code::unreadable, "is a folder or a device", [] {
        Reader const reader{"/dev/zero"};
    }));
    ASSERT_EQ(::mkfifo((folder / "pipe.wav").c_str(), 0600), 0);
    EXPECT_TRUE(fails_with(Code::unreadable, "is a folder or a device", [&] {
        Reader const reader{folder / "pipe.wav"};
    }));
    EXPECT_TRUE(fails_with(Code::not_found, "gone.wav", [&] {
        Reader const reader{folder / "gone.wav"};
    }));
}

TEST(HostileFiles, NoiseIsNoAudio) {
    TempFolder const folder;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Bytes bytes(5'000);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            bytes[i] = static_cast<std::byte>(256.0 * uniform(seed, i));
        }
        write_bytes(folder / "a.wav", bytes);
        EXPECT_TRUE(fails_with(Code::unreadable, "not an audio file", [&] {
            Reader const reader{folder / "a.wav"};
        }));
    }
}

TEST(HostileFiles, NotANumberIsHandedOnToBeRefusedWhereItIsUnpacked) {
    TempFolder const folder;
    auto samples = packed_sine(1, 10);
    float const nan = std::numeric_limits<float>::quiet_NaN();
    std::memcpy(samples.data() + 20, &nan, sizeof nan);
    write_media(folder / "a.wav", {.input = SampleFormat::float_32, .channels = 1}, samples);
    EXPECT_TRUE(read_media(folder / "a.wav").samples == samples);
}

} // namespace

} // namespace stemlathe::test
