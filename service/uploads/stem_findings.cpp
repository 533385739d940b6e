#include "service/uploads/stem_findings.hpp"

#include "host/report/json_text.hpp"
#include "host/session/labels.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::service {

namespace {

constexpr int kChannelsMax = 2;
constexpr int kBitDepthWanted = 24;
constexpr int kRate_hz_min = 44'100; // contract, section 1
constexpr int kRate_hz_max = 192'000;
constexpr int kDecimals = 6;
constexpr double kSilentPeak_dbfs = -70.0; // as the survey of a session has it

std::optional<double> loudest_dbfs(ProbeResult const& probe) {
    std::optional<double> loudest;
    for (auto const& peak : probe.sample_peak_dbfs) {
        loudest = peak ? std::optional{std::max(loudest.value_or(*peak), *peak)} : loudest;
    }
    return loudest;
}

void add_format_findings(
    MediaInfo const& media, std::string const& file, std::vector<Finding>& findings
) {
    if (media.channels > kChannelsMax) {
        findings.push_back(
            {.code = "channel_count",
             .severity = Severity::refuse,
             .stem = file,
             .measured = media.channels,
             .limit = kChannelsMax,
             .unit = "channels",
             .message =
                 fmt::format("{} has {} channels; send mono or stereo", file, media.channels)}
        );
    }
    if (media.rate_hz < kRate_hz_min || media.rate_hz > kRate_hz_max) {
        findings.push_back(
            {.code = "unreadable",
             .severity = Severity::refuse,
             .stem = file,
             .measured = media.rate_hz,
             .unit = "Hz",
             .message = fmt::format(
                 "{} is at {} Hz; it must be at 44.1, 48, 88.2, 96, 176.4 or 192 kHz",
                 file,
                 media.rate_hz
             )}
        );
    }
    if (media.wrong_content) {
        findings.push_back(
            {.code = "wrong_content",
             .severity = Severity::warn,
             .stem = file,
             .message = fmt::format(
                 "{} holds {} and is named otherwise; rename it so that others can open it",
                 file,
                 name_of(media.container)
             )}
        );
    }
    if (media.streaming_header) {
        findings.push_back(
            {.code = "streaming_header",
             .severity = Severity::info,
             .stem = file,
             .message = fmt::format("{} does not say how long it is; its size was used", file)}
        );
    }
}

void add_depth_finding(
    MediaInfo const& media, std::string const& file, std::vector<Finding>& findings
) {
    if (media.is_lossless() && !media.is_float && media.bit_depth < kBitDepthWanted) {
        findings.push_back(
            {.code = "low_bit_depth",
             .severity = Severity::warn,
             .stem = file,
             .measured = media.bit_depth,
             .limit = kBitDepthWanted,
             .unit = "bits",
             .message = fmt::format(
                 "{} has {} bits; export stems with 24 bits or as float", file, media.bit_depth
             )}
        );
    }
}

/// @param is_stem  the checks of a stem look for silence themselves
void add_sample_findings(
    ProbeResult const& probe, std::string const& file, bool is_stem, std::vector<Finding>& findings
) {
    if (probe.bad_samples > 0) {
        auto const start_s =
            static_cast<double>(probe.first_bad_frame.value_or(0)) / probe.media.rate_hz;
        findings.push_back(
            {.code = "not_a_number",
             .severity = Severity::refuse,
             .stem = file,
             .start_s = start_s,
             .measured = static_cast<double>(probe.bad_samples),
             .limit = 0.0,
             .unit = "samples",
             .message = fmt::format(
                 "{} holds {} samples that are no numbers, the first at {:.3f} s; export it again",
                 file,
                 probe.bad_samples,
                 start_s
             )}
        );
        return;
    }
    if (is_stem) {
        return;
    }
    auto const loudest = loudest_dbfs(probe);
    if (!loudest || *loudest < kSilentPeak_dbfs) {
        findings.push_back(
            {.code = "silent",
             .severity = Severity::warn,
             .stem = file,
             .measured = loudest,
             .limit = kSilentPeak_dbfs,
             .unit = "dBFS",
             .message = fmt::format(
                 "{} is silent from start to end (peak under {:.0f} dBFS); if it should sound, "
                 "export it again",
                 file,
                 kSilentPeak_dbfs
             )}
        );
    }
}

/// Its role can be set with PATCH, so a name is never more than a warning.
void add_label_finding(std::string const& file, std::vector<Finding>& findings) {
    auto const role = role_from_label(file);
    if (role && is_clear_label(file)) {
        return;
    }
    findings.push_back(
        {.code = "label",
         .severity = role ? Severity::info : Severity::warn,
         .stem = file,
         .message =
             role ? fmt::format(
                        "{} was taken for {}; a name such as 03_Vocals.wav says it beyond doubt",
                        file,
                        name_of(*role)
                    )
                  : fmt::format(
                        "{} names no role that stemlathe knows, so it counts as \"other\"; give "
                        "the stem a role",
                        file
                    )}
    );
}

} // namespace

Finding finding_of(MediaFailure const& failure, std::string const& filename) {
    std::string const code = failure.fault() == MediaFault::empty       ? "empty"
                             : failure.fault() == MediaFault::truncated ? "truncated"
                                                                        : "unreadable";
    return {
        .code = code, .severity = Severity::refuse, .stem = filename, .message = failure.what()};
}

std::vector<Finding>
findings_of(ProbeResult const& probe, std::string const& kind, std::string const& filename) {
    std::vector<Finding> findings;
    add_format_findings(probe.media, filename, findings);
    if (kind != "reference") {
        add_depth_finding(probe.media, filename, findings);
    }
    add_sample_findings(probe, filename, kind == "stem", findings);
    if (kind == "stem") {
        add_label_finding(filename, findings);
    }
    return findings;
}

boost::json::array findings_json(std::vector<Finding> const& findings) {
    boost::json::array list;
    for (auto const& finding : findings) {
        list.push_back(boost::json::object{
            {"code", finding.code},
            {"severity", name_of(finding.severity)},
            {"stem", text_or_null(finding.stem)},
            {"start_s", rounded(finding.start_s, 3)},
            {"end_s", rounded(finding.end_s, 3)},
            {"measured", rounded(finding.measured, kDecimals)},
            {"limit", rounded(finding.limit, kDecimals)},
            {"unit", text_or_null(finding.unit)},
            {"message", finding.message}});
    }
    return list;
}

} // namespace stemlathe::service
