#include "formats/broadcast_wave.hpp"
#include "formats/checksum.hpp"
#include "formats/writer.hpp"
#include "tests/formats/media_files.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

BroadcastInfo full_info() {
    return {
        .description = "Night Drive [broadcast]",
        .originator = "stemlathe",
        .originator_reference = "ref-1",
        .origination_date = "2026-11-25",
        .origination_time = "22:00:00",
        .time_reference_frames = 172'800'000, // an hour after midnight at 48 kHz
        .loudness =
            {.integrated_lufs = -23.0,
             .range_lu = 7.5,
             .true_peak_max_dbtp = -1.05,
             .momentary_max_lufs = -18.2,
             .short_term_max_lufs = -20.1},
        .coding_history = "A=PCM,F=48000,W=24,M=stereo,T=stemlathe\r\n"};
}

void write_bwf(std::filesystem::path const& path, BroadcastInfo const& info, bool as_rf64) {
    EncodeSettings settings{.container = as_rf64 ? Container::rf64 : Container::wav};
    settings.broadcast = info;
    write_media(path, settings, packed_noise(SampleFormat::pcm_24, 2, 1'001, 24));
}

void expect_full(BroadcastInfo const& info) {
    EXPECT_EQ(info.description, "Night Drive [broadcast]");
    EXPECT_EQ(info.originator, "stemlathe");
    EXPECT_EQ(info.originator_reference, "ref-1");
    EXPECT_EQ(info.origination_date, "2026-11-25");
    EXPECT_EQ(info.origination_time, "22:00:00");
    EXPECT_EQ(info.time_reference_frames, 172'800'000);
    EXPECT_EQ(info.coding_history, "A=PCM,F=48000,W=24,M=stereo,T=stemlathe\r\n");
    EXPECT_EQ(info.loudness.integrated_lufs, -23.0);
    EXPECT_EQ(info.loudness.range_lu, 7.5);
    EXPECT_EQ(info.loudness.true_peak_max_dbtp, -1.05);
    EXPECT_EQ(info.loudness.momentary_max_lufs, -18.2);
    EXPECT_EQ(info.loudness.short_term_max_lufs, -20.1);
}

TEST(BroadcastWave, ReadsBackWhatWasWritten) {
    TempFolder const folder;
    for (bool const as_rf64 : {false, true}) {
        write_bwf(folder / "a.wav", full_info(), as_rf64);
        auto const info = read_broadcast_info(folder / "a.wav");
        ASSERT_TRUE(info);
        expect_full(*info);
        auto const media = read_media(folder / "a.wav");
        EXPECT_EQ(media.info.time_reference_frames, 172'800'000);
        EXPECT_EQ(media.info.origination_date, "2026-11-25");
    }
}

TEST(BroadcastWave, TakesItsLoudnessAfterTheAudioIsMeasured) {
    TempFolder const folder;
    auto info = full_info();
    auto const words = info.loudness;
    info.loudness = {};
    write_bwf(folder / "a.wav", info, false);
    auto const before = read_media(folder / "a.wav").samples;
    EXPECT_FALSE(read_broadcast_info(folder / "a.wav")->loudness.integrated_lufs);
    patch_broadcast_loudness(folder / "a.wav", words);
    expect_full(*read_broadcast_info(folder / "a.wav"));
    EXPECT_TRUE(read_media(folder / "a.wav").samples == before);
}

TEST(BroadcastWave, LeavesOutLoudnessThatAWordCannotHold) {
    TempFolder const folder;
    auto info = full_info();
    info.loudness = {
        .integrated_lufs = -100.0,
        .range_lu = 99.99,
        .true_peak_max_dbtp = std::numeric_limits<double>::quiet_NaN(),
        .momentary_max_lufs = -std::numeric_limits<double>::infinity(),
        .short_term_max_lufs = -99.99};
    write_bwf(folder / "a.wav", info, false);
    auto const read = read_broadcast_info(folder / "a.wav")->loudness;
    EXPECT_FALSE(read.integrated_lufs);
    EXPECT_EQ(read.range_lu, 99.99);
    EXPECT_FALSE(read.true_peak_max_dbtp);
    EXPECT_FALSE(read.momentary_max_lufs);
    EXPECT_EQ(read.short_term_max_lufs, -99.99);
}

TEST(BroadcastWave, CutsTextsToTheirFields) {
    TempFolder const folder;
    auto info = full_info();
    info.description = std::string(300, 'd');
    info.originator = "Zürich " + std::string(40, 'o');
    write_bwf(folder / "a.wav", info, false);
    auto const read = *read_broadcast_info(folder / "a.wav");
    EXPECT_EQ(read.description, std::string(256, 'd'));
    EXPECT_EQ(read.originator, "Zurich " + std::string(25, 'o'));
    EXPECT_EQ(read.originator_reference, "ref-1") << "a long text ran into the next field";
}

TEST(BroadcastWave, NamesItsAudioWhereNobodyGaveAReference) {
    TempFolder const folder;
    auto info = full_info();
    info.originator_reference.clear();
    for (bool const as_rf64 : {false, true}) {
        write_bwf(folder / "a.wav", info, as_rf64);
        auto const samples = read_media(folder / "a.wav").samples;
        Sha256 hash;
        hash.update(samples);
        EXPECT_EQ(
            read_broadcast_info(folder / "a.wav")->originator_reference, hash.finish().substr(0, 32)
        );
    }
}

TEST(BroadcastWave, IsNothingInAPlainWave) {
    TempFolder const folder;
    write_media(folder / "a.wav", {}, packed_noise(SampleFormat::pcm_24, 2, 10, 24));
    EXPECT_FALSE(read_broadcast_info(folder / "a.wav"));
    EXPECT_TRUE(fails_with(Code::unreadable, "no bext chunk", [&] {
        patch_broadcast_loudness(folder / "a.wav", {});
    }));
}

} // namespace

} // namespace stemlathe::test
