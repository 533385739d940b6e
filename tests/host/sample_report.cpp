#include "tests/host/sample_report.hpp"

#include <cmath>

namespace stemlathe::test {

namespace {

constexpr double kSong_s = 60.0;

std::vector<float> wave(std::size_t count, double base, double depth, double turns) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        double const phase = turns * 6.28 * static_cast<double>(i) / static_cast<double>(count);
        values[i] = static_cast<float>(base + depth * std::sin(phase));
    }
    return values;
}

DeliveryReport delivery(std::string const& profile, double target_lufs, double measured_lufs) {
    DeliveryReport report;
    report.plan.profile = profile;
    report.plan.name = profile;
    report.target_lufs = target_lufs;
    report.true_peak_limit_dbtp = -1.0;
    report.drive_db = 3.25;
    report.gain_reduction_max_db = 4.0;
    report.gain_reduction_mean_db = 0.5;
    report.gain_reduction_p95_db = 2.0;
    report.gain_reduction_db = wave(5'625, 2.0, 2.0, 9.0);
    report.reading = {
        .integrated_lufs = measured_lufs,
        .loudness_range_lu = 5.5,
        .momentary_max_lufs = measured_lufs + 3.0,
        .short_term_max_lufs = measured_lufs + 2.0,
        .true_peak_dbtp = -1.0,
        .sample_peak_dbfs = -1.25,
        .duration_s = kSong_s,
        .short_term_lufs = wave(600, measured_lufs, 4.0, 3.0)};
    report.files.push_back(
        {.path = "masters/" + profile + "/song.wav",
         .container = "WAV",
         .codec = "pcm_24",
         .sample_rate_hz = 48'000,
         .bit_depth = 24,
         .channels = 2,
         .frames = 2'880'000,
         .bytes = 17'280'044,
         .sha256 = std::string(64, 'a')}
    );
    return report;
}

} // namespace

MasteringReport sample_report() {
    MasteringReport report;
    report.engine = {
        .version = "0.1.0",
        .commit = "abc",
        .backend = "cpu",
        .device = "cpu/x86-64-v4",
        .device_name = "A <fast> processor",
        .reason = "No GPU is here.",
        .threads = 2};
    report.info.title = "Fire & <Water>";
    report.info.artist = "\"The\" 'Band'";
    report.duration_s = kSong_s;
    report.sample_rate_hz = 48'000;
    report.stem_count = 2;
    report.verdict = "warn";
    report.findings.push_back(
        {.code = "length_mismatch",
         .severity = Severity::warn,
         .stem = "02_<b>.wav",
         .measured = 59.5,
         .limit = 60.0,
         .unit = "s",
         .message = "02_<b>.wav is shorter"}
    );
    report.stems.push_back(
        {.file = "01_Drums.wav",
         .role = Role::drums,
         .integrated_lufs = -20.25,
         .true_peak_dbtp = -3.5,
         .crest_db = 14.0,
         .correlation = 0.75}
    );
    report.stems.push_back({.file = "02_<b>.wav", .role = Role::vocals});
    report.mix = {.integrated_lufs = -18.0, .true_peak_dbtp = -2.0, .loudness_range_lu = 6.0};
    report.mix_short_term_lufs = wave(600, -18.0, 4.0, 3.0);
    report.multiband.push_back(
        {.low_hz = 0.0, .high_hz = 120.0, .gain_reduction_db = wave(5'625, 1.0, 1.0, 5.0)}
    );
    report.multiband.push_back(
        {.low_hz = 120.0, .high_hz = 24'000.0, .gain_reduction_db = wave(5'625, 0.5, 0.5, 7.0)}
    );
    report.deliveries.push_back(delivery("streaming", -14.0, -14.02));
    report.deliveries.push_back(delivery("cd", -10.0, -12.5));
    report.deliveries.back().within_spec = false;
    report.deliveries.back().notes.push_back("Backed off <to> spare the drums.");
    report.deliveries.back().failures.push_back(
        {.code = "loudness",
         .measured = -12.5,
         .limit = -12.0,
         .unit = "LUFS",
         .message = "cd is at -12.5 LUFS; it must lie within -12 to -9"}
    );
    report.timing = {
        .audio_s = kSong_s,
        .wall_s = 0.5,
        .peak_memory_bytes = 123'456'789,
        .stages = {{.name = "survey", .wall_s = 0.2}, {.name = "render", .wall_s = 0.3}}};
    return report;
}

} // namespace stemlathe::test
