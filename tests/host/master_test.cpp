#include "formats/broadcast_wave.hpp"
#include "formats/reader.hpp"
#include "host/loudness/meter.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/mastered.hpp"
#include "tests/support/audio_matchers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stemlathe::test {

namespace {

using Master = Mastered;

std::string complaints(DeliveryReport const& delivery) {
    std::string text = delivery.plan.name + ":";
    for (auto const& failure : delivery.failures) {
        text += " " + failure.code + ", " + failure.message + ";";
    }
    return text;
}

constexpr char const* kEverythingOff = R"(
[[stem]]
match = "*"
eq = "off"
dynamics = "off"
[bus]
eq = "off"
multiband = "off"
limiter = "off"
[[delivery]]
profile = "archive"
[[delivery]]
profile = "streaming"
integrated_lufs = "off"
true_peak_dbtp = "off"
limiter = "off"
)";

TEST_F(Master, DeliversFiveMastersWithinTheirSpec) {
    write_session(session(), 8.0, 44'100);
    auto const report = master({});
    ASSERT_EQ(report.deliveries.size(), 5U);
    for (auto const& delivery : report.deliveries) {
        EXPECT_TRUE(delivery.within_spec) << complaints(delivery);
    }
    for (auto const* name : {"report.json", "report.html", "plan.toml", "manifest.json"}) {
        EXPECT_TRUE(std::filesystem::is_regular_file(out() / name)) << name;
    }
    EXPECT_NEAR(*report.deliveries[0].reading.integrated_lufs, -14.0, 0.1);
    EXPECT_NEAR(*report.deliveries[3].reading.integrated_lufs, -24.0, 0.1);
    EXPECT_NEAR(*report.deliveries[4].reading.integrated_lufs, -23.0, 0.1);
}

TEST_F(Master, KeepsTheLengthThatTheContractPromises) {
    write_session(session(), 1.2345, 44'100);
    auto const report = master({});
    auto const frames = std::llround(1.2345 * 44'100);
    EXPECT_EQ(report.deliveries[0].files[0].frames, frames);
    EXPECT_EQ(report.deliveries[1].files[0].frames, (frames + 587) / 588 * 588);
    EXPECT_EQ(report.deliveries[2].files[0].frames, frames);
    EXPECT_EQ(report.deliveries[3].files[0].frames, (frames * 480 + 440) / 441);
}

TEST_F(Master, GivesASineExactlyTheGainThatItsLoudnessNeeds) {
    // A 997 Hz sine at -20 dBFS on both channels reads -20.0 LUFS (BS.1770-5 Annex 1).
    auto const tone = sine({.hz = 997.0, .level_dbfs = -20.0, .seconds = 4.0});
    write_stem(session() / "04_Instruments.wav", tone, 48'000);
    auto const report = master({.plan = "[bus]\nmultiband = \"off\"", .deliver = {"streaming"}});
    auto const& delivery = report.deliveries[0];
    EXPECT_NEAR(*delivery.drive_db, 6.0, 0.01);
    EXPECT_EQ(delivery.gain_reduction_max_db, 0.0);
    EXPECT_NEAR(*delivery.reading.true_peak_dbtp, -14.0, 0.02);
}

TEST_F(Master, IsBitExactWhereEverythingIsOff) {
    write_session(session(), 2.0, 48'000);
    auto const report = master({.plan = kEverythingOff});
    std::vector<Signal> stems;
    for (auto const* name :
         {"01_Drums.wav", "02_Bass.wav", "03_Vocals.wav", "04_Instruments.wav", "05_FX.wav"}) {
        stems.push_back(read_audio(session() / name));
    }
    auto const archive = read_audio(file(report, 0));
    auto const master_24 = read_audio(file(report, 1));
    ASSERT_EQ(archive.size(), stems[0].size());
    ASSERT_EQ(master_24.size(), stems[0].size());
    for (std::size_t i = 0; i < archive.size(); ++i) {
        double sum = 0.0;
        double magnitude = 0.0;
        for (auto const& stem : stems) {
            sum += static_cast<double>(stem[i]);
            magnitude += std::abs(static_cast<double>(stem[i]));
        }
        ASSERT_LE(std::abs(static_cast<double>(archive[i]) - sum), 6 * 0x1p-24 * magnitude) << i;
        ASSERT_LE(std::abs(static_cast<double>(master_24[i]) - sum), 1.5 * 0x1p-23) << i;
    }
}

TEST_F(Master, WritesStemsThatSumToTheBus) {
    write_session(session(), 2.0, 48'000);
    auto const report = master(
        {.plan =
             "[bus]\nmultiband = \"off\"\n[[stem]]\nmatch = \"vocals\"\ngain_db = -2.0\npan = 0.3",
         .deliver = {"archive", "stems"}}
    );
    auto const archive = read_audio(file(report, 0));
    std::vector<double> sum(archive.size());
    ASSERT_EQ(report.deliveries[1].files.size(), 5U);
    for (auto const& stem : report.deliveries[1].files) {
        auto const signal = read_audio(out() / stem.path);
        ASSERT_EQ(signal.size(), sum.size());
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] += static_cast<double>(signal[i]);
        }
    }
    for (std::size_t i = 0; i < sum.size(); ++i) {
        ASSERT_NEAR(static_cast<double>(archive[i]), sum[i], 1e-6) << i;
    }
}

TEST_F(Master, SaysWhatTheWishWouldCostWhereTheBudgetForbidsIt) {
    write_stem(
        session() / "01_Drums.wav", bursts({.level_dbfs = -20.0, .frames = 240'000}), 48'000
    );
    auto const report = master(
        {.plan =
             "[[delivery]]\nprofile = \"streaming\"\nintegrated_lufs = -6.0\ngr_budget_db = 1.0"}
    );
    auto const& delivery = report.deliveries[0];
    EXPECT_FALSE(delivery.within_spec);
    ASSERT_EQ(delivery.failures.size(), 1U) << complaints(delivery);
    EXPECT_EQ(delivery.failures[0].code, "loudness_budget");
    EXPECT_LE(delivery.gain_reduction_p95_db, 1.0);
    EXPECT_LE(*delivery.reading.true_peak_dbtp, -2.0);
    EXPECT_NE(delivery.failures[0].message.find("would take about"), std::string::npos);
}

TEST_F(Master, KeepsCdsInTheirRangeAtAnyBudget) {
    write_stem(
        session() / "01_Drums.wav", pink_noise({.level_dbfs = -20.0, .frames = 240'000}), 48'000
    );
    auto const report = master({.plan = "[[delivery]]\nprofile = \"cd\"\ngr_budget_db = 0.0"});
    auto const& delivery = report.deliveries[0];
    EXPECT_GE(*delivery.reading.integrated_lufs, -12.0);
    EXPECT_LE(*delivery.reading.integrated_lufs, -9.0);
    EXPECT_TRUE(delivery.within_spec) << complaints(delivery);
}

TEST_F(Master, CutsVinylQuietlyWithoutLimiting) {
    write_session(session(), 6.0, 48'000);
    auto const report = master(
        {.plan = "[[delivery]]\nprofile = \"vinyl\"\n[[delivery]]\nprofile = \"vinyl\"\nname = "
                 "\"loud\"\nintegrated_lufs = -10.0"}
    );
    for (auto const& delivery : report.deliveries) {
        EXPECT_LE(*delivery.reading.integrated_lufs, -17.0);
        EXPECT_LE(*delivery.reading.true_peak_dbtp, -3.0);
        EXPECT_EQ(delivery.gain_reduction_max_db, 0.0);
        EXPECT_TRUE(delivery.within_spec) << complaints(delivery);
    }
    auto sheet = file(report, 0);
    EXPECT_NE(read_file(sheet.replace_extension(".txt")).find("SIDE SHEET"), std::string::npos);
}

TEST_F(Master, NarrowsTheLowEndOfVinyl) {
    // The same 50 Hz, in phase and out of phase: 1 / sqrt(1 + (150/50)^2) = -10.0 dB for the side.
    auto in_phase = sine({.hz = 50.0, .level_dbfs = -10.0, .seconds = 4.0});
    auto mixed = in_phase;
    for (std::size_t i = 0; i < mixed.size(); i += 2) {
        mixed[i + 1] = 0.0F; // mid and side equally loud
    }
    write_stem(session() / "02_Bass.wav", mixed, 48'000);
    auto const report = master({.plan = "[bus]\nmultiband = \"off\"", .deliver = {"vinyl"}});
    auto const cut = read_audio(file(report, 0));
    double mid = 0.0;
    double side = 0.0;
    for (std::size_t i = 96'000; i < 288'000; i += 2) {
        mid += std::pow(static_cast<double>(cut[i] + cut[i + 1]), 2);
        side += std::pow(static_cast<double>(cut[i] - cut[i + 1]), 2);
    }
    EXPECT_NEAR(10.0 * std::log10(side / mid), -10.0, 0.1);
}

TEST_F(Master, WritesLoudnessIntoBroadcastFiles) {
    write_session(session(), 6.0, 48'000);
    write_file(
        session() / "session.toml",
        "title = \"Song\"\nartist = \"Band\"\nisrc = \"QZABC2600001\"\ndate = \"2026-03-04\"\n"
    );
    auto const report = master({.deliver = {"broadcast"}});
    auto const info = read_broadcast_info(file(report, 0));
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->origination_date, "2026-03-04");
    EXPECT_NEAR(*info->loudness.integrated_lufs, -24.0, 0.1);
    EXPECT_NEAR(
        *info->loudness.true_peak_max_dbtp, *report.deliveries[0].reading.true_peak_dbtp, 0.006
    );
    EXPECT_EQ(
        report.deliveries[0].files[0].path, "masters/broadcast/Band_Song_broadcast_48k24.wav"
    );
}

TEST_F(Master, KeepsLossyFilesUnderFullScaleAfterDecoding) {
    write_session(session(), 4.0, 44'100);
    auto const report = master({.deliver = {"mp3", "vorbis", "opus", "flac"}});
    for (auto const& delivery : report.deliveries) {
        EXPECT_TRUE(delivery.within_spec) << complaints(delivery);
        EXPECT_LE(*delivery.reading.true_peak_dbtp, 0.0) << delivery.plan.name;
    }
}

TEST_F(Master, LeavesSilenceAsItIsAndSaysSo) {
    write_stem(session() / "01_Drums.wav", silence(96'000), 48'000);
    auto const report = master({});
    EXPECT_EQ(report.verdict, "warn");
    for (auto const& delivery : report.deliveries) {
        EXPECT_FALSE(delivery.reading.integrated_lufs.has_value());
        EXPECT_EQ(*delivery.drive_db, 0.0);
        EXPECT_TRUE(delivery.within_spec) << complaints(delivery);
        EXPECT_FALSE(delivery.notes.empty());
    }
}

TEST_F(Master, TakesSongsThatAreTooShortToMeasure) {
    for (std::int64_t const frames : {1LL, 31LL, 4'095LL, 9'600LL}) {
        write_stem(session() / "01_Drums.wav", white_noise({.frames = frames}), 48'000);
        auto const report = master({});
        EXPECT_EQ(report.deliveries[0].files[0].frames, frames);
        EXPECT_EQ(*report.deliveries[0].drive_db, 0.0);
    }
}

TEST_F(Master, RendersAPreviewOfItsRegionOnly) {
    write_session(session(), 4.0, 48'000);
    auto const report =
        master({.deliver = {"archive"}, .preview = PreviewRange{.from_s = 1.0, .to_s = 2.5}});
    EXPECT_EQ(report.deliveries[0].files[0].frames, 72'000);
    EXPECT_DOUBLE_EQ(report.duration_s, 1.5);
    EXPECT_THROW((void)master({.preview = PreviewRange{.from_s = 5.0, .to_s = 6.0}}), Failure);
}

TEST_F(Master, HasRegionsInAPreviewWhereTheyLieInTheSong) {
    write_session(session(), 2.0, 48'000);
    Options options{.plan = R"(
[[stem]]
match = "vocals"
region = [{start_s=0.1, end_s=0.3, gain_db=-20}, {start_s=0.3, end_s=0.6, gain_db=-6},
          {start_s=0.8, end_s=0.9, gain_db=3}, {start_s=1.5, end_s=1.6, gain_db=-9}]
[bus]
multiband = "off"
[[delivery]]
profile = "archive"
)"};
    auto const song = read_audio(file(master(options), 0));
    options.preview = PreviewRange{.from_s = 0.5, .to_s = 1.0};
    Signal const expected(song.begin() + 48'000, song.begin() + 96'000);
    EXPECT_TRUE(audio_identical(read_audio(file(master(options), 0)), expected));
}

TEST_F(Master, ConformsRatesLengthsAndChannels) {
    write_stem(session() / "01_Drums.wav", white_noise({.frames = 96'000}), 48'000);
    write_stem(session() / "02_Bass.wav", white_noise({.frames = 24'000}), 48'000);
    write_mono_stem(session() / "03_Vocals.wav", white_noise({.frames = 44'100}), 44'100);
    auto const report =
        master({.deliver = {"archive"}, .preview = PreviewRange{.from_s = 0.25, .to_s = 0.75}});
    EXPECT_EQ(report.deliveries[0].files[0].frames, 24'000);
    EXPECT_EQ(report.verdict, "warn");
    auto const whole = master({.deliver = {"archive"}});
    EXPECT_EQ(whole.deliveries[0].files[0].frames, 96'000);
}

TEST_F(Master, RefusesAStemWithANumberThatIsNone) {
    auto broken = white_noise({.frames = 96'000});
    broken[100'000] = std::numeric_limits<float>::quiet_NaN();
    write_stem(session() / "01_Drums.wav", broken, 48'000);
    write_stem(session() / "02_Bass.wav", white_noise({.frames = 96'000}), 48'000);
    try {
        (void)master({});
        FAIL();
    } catch (IntakeRefused const& refused) {
        ASSERT_FALSE(refused.findings().empty());
        EXPECT_EQ(refused.findings().front().code, "not_a_number");
        EXPECT_EQ(refused.findings().front().stem, "01_Drums.wav");
    }
    EXPECT_FALSE(std::filesystem::exists(out() / "masters"));
    auto const report =
        master({.plan = "[bus]\nmultiband = \"off\"", .deliver = {"archive"}, .force = true});
    EXPECT_EQ(report.stem_count, 1);
    EXPECT_EQ(report.verdict, "refuse");
    EXPECT_TRUE(audio_identical(read_audio(file(report, 0)), read_audio(session() / "02_Bass.wav"))
    );
}

TEST_F(Master, RefusesASessionWithoutStems) {
    std::filesystem::create_directories(session());
    EXPECT_THROW((void)master({}), IntakeRefused);
    EXPECT_THROW((void)master({.force = true}), IntakeRefused);
}

TEST_F(Master, SaysWhereItCannotWrite) {
    write_session(session(), 0.5, 48'000);
    write_file(folder_.path() / "file", "not a folder");
    try {
        (void)master({.out = "file/out"});
        FAIL();
    } catch (Failure const& failure) {
        EXPECT_NE(std::string{failure.what()}.find("file/out"), std::string::npos);
    }
}

TEST_F(Master, StopsOnRequestAndLeavesNothing) {
    write_session(session(), 1.0, 48'000);
    Tasks tasks{2};
    std::stop_source stop;
    stemlathe::Run run{tasks, stop.get_token(), [&](Progress const& progress) {
                           if (progress.stage == "deliver") {
                               stop.request_stop();
                           }
                       }};
    try {
        (void)stemlathe::master(job({}), *backend_, run);
        FAIL();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::cancelled);
    }
    EXPECT_FALSE(std::filesystem::exists(out() / "masters"));
    EXPECT_FALSE(std::filesystem::exists(out() / "manifest.json"));
}

} // namespace

} // namespace stemlathe::test
