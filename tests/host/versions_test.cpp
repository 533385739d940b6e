#include "formats/reader.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/mastered.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/files.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

/// Versions of a session beside its masters: what they add up to, and what is said of them.
namespace stemlathe::test {

namespace {

/// Per sample and file: triangular dither of one step on each side, then rounding.
constexpr double kDitheredSteps = 1.5;

/// What float32 loses on the way through equaliser, bands, gains and converters, of full scale.
constexpr double kVersionSum = 1e-6;
constexpr double kVersionSumRms = 1.5e-7; // one or two steps of 24 bits

/// Everything that is not linear, hard at work.
constexpr char const* kHardWorkingBus = R"(
[[stem]]
match = "instruments"
eq = [{type="bell", hz=1300, gain_db=-4, q=1.5, dynamic={key="vocals", threshold_db=-40}}]
[[stem]]
match = "vocals"
dynamics = {threshold_db=-30, ratio=3}
[bus]
eq = [{type="high-shelf", hz=9000, gain_db=1.0, q=0.7}]
multiband = {crossovers_hz=[120, 800, 4500], band=[
  {threshold_db=-36, ratio=3, attack_ms=10}, {threshold_db=-36, ratio=3, attack_ms=10},
  {threshold_db=-36, ratio=3, attack_ms=10}, {threshold_db=-50, ratio=3, attack_ms=10}]}
)";

constexpr char const* kPlainBus = R"(
[bus]
multiband = "off"
)";

/// A delivery that is limited by several dB, whatever the budget says.
std::string
loud_delivery(std::string const& name, std::string const& more, std::string const& lufs = "-7") {
    return "[[delivery]]\nprofile = \"streaming\"\nname = \"" + name +
           "\"\ntrue_peak_dbtp = -1\ngr_budget_db = 24\nintegrated_lufs = " + lufs + "\n" + more +
           "\n";
}

class Versions : public Mastered {
  protected:
    void write_song(double seconds = 4.0, int rate_hz = 48'000) const {
        write_session(session(), seconds, rate_hz);
    }

    MasteringReport render(std::string const& plan, std::vector<std::string> const& names) {
        return master({.plan = plan, .versions = {.names = names}});
    }

    static DeliveryReport const&
    find(MasteringReport const& report, std::string const& name, std::string const& version = {}) {
        auto const found = std::ranges::find_if(report.deliveries, [&](auto const& delivery) {
            return delivery.plan.name == name && delivery.version == version;
        });
        if (found == report.deliveries.end()) {
            throw std::runtime_error{"no delivery " + name + " " + version};
        }
        return *found;
    }

    [[nodiscard]] Signal audio(
        MasteringReport const& report, std::string const& name, std::string const& version = {}
    ) const {
        return read_audio(out() / find(report, name, version).files.at(0).path);
    }

    struct Distance {
        double peak = 0.0;
        double rms = 0.0;
    };

    /// Between instrumental plus acappella and the master.
    [[nodiscard]] Distance
    distance_of_sum(MasteringReport const& report, std::string const& name) const {
        auto const whole = audio(report, name);
        auto const band = audio(report, name, "instrumental");
        auto const voice = audio(report, name, "acappella");
        EXPECT_EQ(whole.size(), band.size());
        EXPECT_EQ(whole.size(), voice.size());
        Distance distance;
        for (std::size_t i = 0; i < whole.size(); ++i) {
            double const gap = static_cast<double>(band[i]) + static_cast<double>(voice[i]) -
                               static_cast<double>(whole[i]);
            distance.peak = std::max(distance.peak, std::abs(gap));
            distance.rms += gap * gap;
        }
        distance.rms = std::sqrt(distance.rms / static_cast<double>(whole.size()));
        RecordProperty(name + "_residual_dbfs", std::to_string(db_from_gain(distance.peak)));
        return distance;
    }

    static double deepest_db(MasteringReport const& report) {
        float deepest_db = 0.0F;
        for (auto const& band : report.multiband) {
            deepest_db = std::max(deepest_db, std::ranges::max(band.gain_reduction_db));
        }
        return static_cast<double>(deepest_db);
    }
};

TEST_F(Versions, AddUpToTheMasterWhileMultibandAndLimiterWork) {
    write_song();
    auto const report = render(
        kHardWorkingBus + loud_delivery("loud", "bit_depth = \"float\"") +
            "[[delivery]]\nprofile = \"archive\"\n",
        {"instrumental", "acappella"}
    );
    ASSERT_EQ(report.deliveries.size(), 6U);
    EXPECT_GT(deepest_db(report), 3.0);
    EXPECT_GT(find(report, "loud").gain_reduction_max_db, 3.0);
    EXPECT_LE(distance_of_sum(report, "archive").peak, kVersionSum);
    EXPECT_LE(distance_of_sum(report, "loud").peak, kVersionSum);
}

TEST_F(Versions, AddUpIn24BitsToThreeDithersAndRoundings) {
    write_song();
    auto const report = render(
        kHardWorkingBus + loud_delivery("loud", "bit_depth = 24"), {"instrumental", "acappella"}
    );
    EXPECT_GT(find(report, "loud").gain_reduction_max_db, 3.0);
    constexpr double kStep = 1.0 / (1 << 23);
    auto const distance = distance_of_sum(report, "loud");
    EXPECT_LE(distance.peak, 3.0 * kDitheredSteps * kStep + kVersionSum);
    // Variances of 1/6 (dither) and 1/12 (rounding) add up over three files.
    double const steps = std::hypot(std::sqrt(3.0 / 4.0), kVersionSumRms / kStep);
    EXPECT_LE(distance.rms, steps * kStep);
}

TEST_F(Versions, AddUpAtAnotherRateAndOnWholeSectors) {
    write_song(4.01);
    auto const report = render(
        kHardWorkingBus +
            loud_delivery("float44", "sample_rate_hz = 44100\nbit_depth = \"float\"") +
            "[[delivery]]\nprofile = \"cd\"\nintegrated_lufs = -9.5\ngr_budget_db = 24\n"
            "dither = \"tpdf\"\n",
        {"instrumental", "acappella"}
    );
    EXPECT_GT(find(report, "float44").gain_reduction_max_db, 3.0);
    EXPECT_LE(distance_of_sum(report, "float44").peak, kVersionSum);
    constexpr double kStep = 1.0 / (1 << 15);
    EXPECT_LE(distance_of_sum(report, "cd").peak, 3.0 * kDitheredSteps * kStep + kVersionSum);
    auto const& file = find(report, "cd", "acappella").files.at(0);
    EXPECT_EQ(file.frames % 588, 0);
    auto const path = std::filesystem::path{file.path}.replace_extension(".cue");
    auto const wave_name = std::filesystem::path{file.path}.filename().string();
    EXPECT_NE(read_file(out() / path).find(wave_name), std::string::npos);
}

TEST_F(Versions, AddUpThroughTheVinylChain) {
    write_song();
    auto const report = render(
        std::string{kHardWorkingBus} + "[[delivery]]\nprofile = \"vinyl\"\nbit_depth = \"float\"\n",
        {"instrumental", "acappella"}
    );
    EXPECT_LE(distance_of_sum(report, "vinyl").peak, kVersionSum);
}

TEST_F(Versions, AreTheStemsThemselvesWhereNothingIsDone) {
    write_song(1.0);
    auto const report = render(
        std::string{kPlainBus} + "[[delivery]]\nprofile = \"archive\"\n",
        {"instrumental", "acappella"}
    );
    auto const voice = read_audio(session() / "03_Vocals.wav");
    EXPECT_TRUE(audio_identical(audio(report, "archive", "acappella"), voice));
}

TEST_F(Versions, AreSilentExactlyWhereTheyAreMuted) {
    write_song(2.0);
    write_file(session() / "session.toml", R"(
[versions.clean]
mute = [{stem = "vocals", start_s = 0.5, end_s = 0.75, fade_s = 0.01},
        {stem = "vocals", start_s = 1.5, end_s = 1.6, fade_s = 0}]
)");
    auto const report = render(
        std::string{kPlainBus} + "[[delivery]]\nprofile = \"archive\"\n", {"clean", "instrumental"}
    );
    auto const whole = audio(report, "archive");
    auto const clean = audio(report, "archive", "clean");
    auto const band = audio(report, "archive", "instrumental");
    auto const expect_same = [&](Signal const& expected, double from_s, double to_s) {
        for (auto i = std::llround(from_s * 96'000.0); i < std::llround(to_s * 96'000.0); ++i) {
            ASSERT_EQ(clean[static_cast<std::size_t>(i)], expected[static_cast<std::size_t>(i)])
                << static_cast<double>(i) / 96'000.0 << " s";
        }
    };
    expect_same(whole, 0.0, 0.49);
    expect_same(band, 0.5, 0.75);
    expect_same(whole, 0.76, 1.5);
    expect_same(band, 1.5, 1.6);
    expect_same(whole, 1.6, 2.0);
}

TEST_F(Versions, LeaveTheMastersAsTheyAre) {
    write_song(2.0);
    std::vector<std::string> const deliver{"streaming", "cd", "vinyl", "stems"};
    (void)master({.deliver = deliver, .out = "a"});
    (void)master({.deliver = deliver, .out = "b", .versions = {.names = {"instrumental"}}});
    auto const alone = bytes_of("a");
    auto const beside = bytes_of("b");
    EXPECT_EQ(beside.size(), alone.size() + 5); // three files, a CUE and a side sheet
    for (auto const& [path, bytes] : alone) {
        // What tells of all files of a package tells of its versions too.
        bool const is_about_all =
            path == "plan.toml" || path.ends_with(".md5") || path.find("/qc.") != std::string::npos;
        if (!is_about_all) {
            EXPECT_TRUE(beside.at(path) == bytes) << path;
        }
    }
}

TEST_F(Versions, AreTheSameForThreadsSegmentsAndThePlanFedBack) {
    write_song(2.0, 44'100);
    write_file(session() / "session.toml", R"(
[versions.clean]
mute = [{stem = "vocals", start_s = 0.5, end_s = 0.75}]
)");
    std::string const plan = kHardWorkingBus + loud_delivery("loud", "") +
                             "[[delivery]]\nprofile = \"cd\"\n[[delivery]]\nprofile = \"vinyl\"\n" +
                             "[[delivery]]\nprofile = \"broadcast\"\n";
    VersionWish const wish{.names = {"instrumental", "clean"}, .peaks = VersionPeaks::trim};
    (void)master({.plan = plan, .threads = 1, .out = "a", .versions = wish});
    auto const expected = bytes_of("a");
    for (std::int64_t const segment_frames : {1'000, 4'096, 1 << 30}) {
        (void)master({.plan = plan, .segment_frames = segment_frames, .out = "b", .versions = wish}
        );
        EXPECT_TRUE(bytes_of("b") == expected) << segment_frames;
    }
    std::filesystem::remove(session() / "session.toml");
    (void)master({.plan = read_file(out("a") / "plan.toml"), .out = "c"});
    EXPECT_TRUE(bytes_of("c") == expected);
}

TEST_F(Versions, LieInThePreviewWhereTheyLieInTheSong) {
    write_song(2.0);
    write_file(session() / "session.toml", R"(
[versions.clean]
mute = [{stem = "vocals", start_s = 0.2, end_s = 0.6},
        {stem = "vocals", start_s = 0.1, end_s = 0.2},
        {stem = "vocals", start_s = 1.5, end_s = 1.6}]
)");
    auto const plan = std::string{kPlainBus} + "[[delivery]]\nprofile = \"archive\"\n";
    auto const song = audio(render(plan, {"clean"}), "archive", "clean");
    auto const stretch =
        master({.plan = plan, .preview = PreviewRange{0.5, 1.0}, .versions = {.names = {"clean"}}});
    Signal const expected(song.begin() + 48'000, song.begin() + 96'000);
    EXPECT_TRUE(audio_identical(audio(stretch, "archive", "clean"), expected));
}

TEST_F(Versions, StandInTheReportAndInTheirOwnTags) {
    write_song(1.0);
    write_file(session() / "session.toml", R"(
title = "Night Drive"
isrc = "QZABC2600001"
[versions.instrumental]
stems = ["drums", "bass", "instruments", "fx"]
isrc = "QZABC2600002"
)");
    auto const report = master(
        {.deliver = {"streaming", "flac"}, .versions = {.names = {"instrumental", "acappella"}}}
    );
    auto const& band = find(report, "streaming", "instrumental");
    EXPECT_EQ(
        band.files.at(0).path, "masters/streaming/NightDrive_streaming_instrumental_48k24.wav"
    );
    EXPECT_EQ(band.target_lufs, std::nullopt);
    EXPECT_TRUE(band.reading.integrated_lufs.has_value());
    EXPECT_EQ(band.drive_db, find(report, "streaming").drive_db);
    auto const json = read_file(out() / "report.json");
    EXPECT_NE(json.find(R"("version": "instrumental")"), std::string::npos);
    EXPECT_NE(json.find(R"("version": null)"), std::string::npos);
    EXPECT_NE(read_file(out() / "manifest.json").find(band.files.at(0).path), std::string::npos);
    EXPECT_NE(read_file(out() / "report.html").find("streaming instrumental"), std::string::npos);
    auto const tags_of = [&](std::string const& version) {
        return Reader{out() / find(report, "flac", version).files.at(0).path}.info();
    };
    EXPECT_EQ(tags_of("").title, "Night Drive");
    EXPECT_EQ(tags_of("instrumental").title, "Night Drive (Instrumental)");
    EXPECT_EQ(tags_of("instrumental").isrc, "QZABC2600002");
    EXPECT_EQ(tags_of("acappella").isrc.value_or(""), "");
}

/// A voice that takes something away from the band: without it the band is louder.
class VersionPeakLimits : public Versions {
  protected:
    MasteringReport render_without(float voice, std::string const& depth, VersionPeaks peaks) {
        auto const band = pink_noise({.level_dbfs = -20.0, .frames = 96'000, .seed = 3});
        write_stem(session() / "01_Music.wav", band, 48'000);
        write_stem(session() / "02_Vocals.wav", scaled(band, -voice), 48'000);
        return master(
            {.plan = kPlainBus + loud_delivery("loud", "bit_depth = " + depth, "-10"),
             .versions = {.names = {"instrumental"}, .peaks = peaks}}
        );
    }

    static bool fails(DeliveryReport const& report, std::string_view code) {
        return std::ranges::find(report.failures, code, &DeliveryFailure::code) !=
               report.failures.end();
    }
};

TEST_F(VersionPeakLimits, AreToldWhereTheyPassTheLimit) {
    auto const report = render_without(0.05F, "24", VersionPeaks::exact);
    EXPECT_TRUE(find(report, "loud").within_spec);
    auto const& band = find(report, "loud", "instrumental");
    ASSERT_TRUE(fails(band, "true_peak"));
    EXPECT_FALSE(band.within_spec);
    EXPECT_EQ(band.version_gain_db, 0.0);
    EXPECT_NE(band.failures.at(0).message.find("--version-peaks trim"), std::string::npos);
    // As much louder as the voice takes away.
    auto const whole = audio(report, "loud");
    auto const alone = audio(report, "loud", "instrumental");
    for (std::size_t i = 0; i < whole.size(); ++i) {
        ASSERT_NEAR(0.95 * static_cast<double>(alone[i]), whole[i], 1e-6);
    }
}

TEST_F(VersionPeakLimits, AreTrimmedByAConstantWhereThatIsAskedFor) {
    auto const exact = render_without(0.2F, "\"float\"", VersionPeaks::exact);
    auto const untrimmed = audio(exact, "loud", "instrumental");
    auto const report = render_without(0.2F, "\"float\"", VersionPeaks::trim);
    auto const& band = find(report, "loud", "instrumental");
    EXPECT_TRUE(band.within_spec);
    EXPECT_LE(*band.reading.true_peak_dbtp, -1.0);
    EXPECT_NEAR(*band.reading.true_peak_dbtp, -1.0, 0.05);
    EXPECT_NEAR(band.version_gain_db, 20.0 * std::log10(0.8), 0.2);
    ASSERT_EQ(band.notes.size(), 1U);
    auto const trimmed = audio(report, "loud", "instrumental");
    auto const gain = gain_from_db(band.version_gain_db);
    for (std::size_t i = 0; i < trimmed.size(); ++i) {
        ASSERT_NEAR(gain * static_cast<double>(untrimmed[i]), trimmed[i], 1e-6);
    }
}

TEST_F(VersionPeakLimits, NeverClipAFileAndSayThatItDoesNotAddUp) {
    auto const report = render_without(0.5F, "24", VersionPeaks::exact);
    auto const& band = find(report, "loud", "instrumental");
    EXPECT_TRUE(fails(band, "version_sum"));
    EXPECT_FALSE(fails(band, "true_peak"));
    EXPECT_FALSE(fails(band, "clipped_samples"));
    EXPECT_LE(*band.reading.true_peak_dbtp, -1.0);
    EXPECT_NEAR(band.version_gain_db, 20.0 * std::log10(0.5), 0.3);
}

} // namespace

} // namespace stemlathe::test
