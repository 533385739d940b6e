#include "tests/host/intake/null_session.hpp"

#include "formats/writer.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

namespace stemlathe::test {

namespace {

std::set<std::string> const kNullCodes{
    "time_reference_mismatch",
    "time_reference_contradicts_audio",
    "polarity_inverted",
    "missing_stem",
    "duplicate_stem",
    "level_differs_from_mix",
    "null_residual",
    "single_file",
    "late_start",
    "no_reference_mix"};

/// A Broadcast Wave file whose first frame lies at `start` frames since midnight.
void write_broadcast_stem(
    std::filesystem::path const& file, Signal const& signal, std::int64_t start
) {
    auto const frames = static_cast<std::int64_t>(signal.size()) / 2;
    std::filesystem::create_directories(file.parent_path());
    Writer writer{
        file,
        {.input = SampleFormat::float_32,
         .rate_hz = 48'000,
         .frames_expected = frames,
         .broadcast = BroadcastInfo{.time_reference_frames = start}}};
    writer.write({.bytes = std::as_bytes(std::span{signal}), .frames = frames});
    writer.finish();
}

bool is_null_finding(Finding const& finding) {
    bool const is_bus = finding.code == "bus_limited" && finding.stem.empty(); // not a stem's
    bool const is_reference = finding.stem == "Reference_Mix.wav"; // it has no other checks
    // Other checks of a stem's start have the same code.
    bool const is_other = finding.code == "late_start" &&
                          finding.message.find("Reference_Mix.wav") == std::string::npos;
    return (kNullCodes.contains(finding.code) && !is_other) || is_reference || is_bus;
}

} // namespace

std::vector<Finding> Checked::null_findings() const {
    std::vector<Finding> out;
    std::ranges::copy_if(survey.findings, std::back_inserter(out), is_null_finding);
    std::ranges::copy_if(session.findings, std::back_inserter(out), [&](Finding const& finding) {
        bool const is_known = std::ranges::any_of(out, [&](Finding const& other) {
            return other.message == finding.message;
        });
        return is_null_finding(finding) && !is_known;
    });
    return out;
}

std::vector<std::string> Checked::named() const {
    std::vector<std::string> names;
    for (auto const& finding : null_findings()) {
        names.push_back(finding.stem.empty() ? finding.code : finding.code + " " + finding.stem);
    }
    std::ranges::sort(names);
    return names;
}

NullReading Checked::reading() const {
    EXPECT_TRUE(survey.mix.null_vs_reference);
    return survey.mix.null_vs_reference.value_or(NullReading{});
}

Finding Checked::about(std::string const& stem) const {
    for (auto const& finding : null_findings()) {
        if (finding.stem == stem) {
            return finding;
        }
    }
    ADD_FAILURE() << "nothing was found about " << stem;
    return {};
}

NullSession::NullSession() {
    stems_ = {
        bursts({.level_dbfs = -18.0, .frames = kFrames, .seed = 1}),
        pink_noise({.level_dbfs = -21.0, .frames = kFrames, .seed = 2}),
        white_noise({.level_dbfs = -24.0, .frames = kFrames, .seed = 3}),
        pink_noise({.level_dbfs = -22.0, .frames = kFrames, .seed = 4})};
    reference_ = sum();
}

Signal NullSession::sum() const {
    Signal out(stems_.front().size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        double value = 0.0;
        for (auto const& stem : stems_) {
            value += stem[i];
        }
        out[i] = static_cast<float>(value);
    }
    return out;
}

double NullSession::residual_db(double gain) const {
    double left = 0.0;
    double whole = 0.0;
    for (std::size_t i = 0; i < std::min(reference_.size(), stems_.front().size()); ++i) {
        double value = reference_[i];
        whole += value * value;
        for (auto const& stem : stems_) {
            value -= gain * stem[i];
        }
        left += value * value;
    }
    return 10.0 * std::log10(left / whole);
}

Checked NullSession::check() {
    auto const song = folder_ / "song";
    std::filesystem::remove_all(song);
    for (std::size_t i = 0; i < stems_.size(); ++i) {
        auto const start = i < time_references_.size() ? time_references_[i] : std::nullopt;
        if (start) {
            write_broadcast_stem(song / files_[i], stems_[i], *start);
        } else {
            (mono_ ? write_mono_stem : write_stem)(song / files_[i], stems_[i], kRate_hz);
        }
    }
    if (!reference_.empty()) {
        write_stem(song / "Reference_Mix.wav", reference_, reference_rate_hz_);
    }
    if (!toml_.empty()) {
        write_file(song / "session.toml", toml_);
    }
    MasterJob const job{.session = song};
    auto admitted = admit(job);
    Tasks tasks{threads_};
    stemlathe::Run run{tasks, {}, {}};
    run.segment_frames = segment_frames_ > 0 ? segment_frames_ : backend_->info().segment_frames;
    auto survey = survey_admitted(admitted, job, *backend_, run);
    return {.session = admitted.session, .survey = std::move(survey)};
}

Signal moved(Signal const& signal, std::int64_t frames) {
    Signal out(signal.size());
    auto const by = 2 * frames;
    for (std::int64_t i = 0; i < std::ssize(signal); ++i) {
        if (i + by >= 0 && i + by < std::ssize(signal)) {
            out[static_cast<std::size_t>(i + by)] = signal[static_cast<std::size_t>(i)];
        }
    }
    return out;
}

Signal dithered_16(Signal signal) {
    for (std::size_t i = 0; i < signal.size(); ++i) {
        double const dither = uniform(11, 2 * i) - uniform(11, 2 * i + 1);
        signal[i] = static_cast<float>(std::floor(signal[i] * 32768.0 + dither + 0.5) / 32768.0);
    }
    return signal;
}

} // namespace stemlathe::test
