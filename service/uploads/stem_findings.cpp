#include "service/uploads/stem_findings.hpp"

#include "host/intake/silence.hpp"
#include "host/session/labels.hpp"
#include "host/session/media_findings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::service {

namespace {

std::optional<double> loudest_dbfs(ProbeResult const& probe) {
    std::optional<double> loudest;
    for (auto const& peak : probe.sample_peak_dbfs) {
        loudest = peak ? std::optional{std::max(loudest.value_or(*peak), *peak)} : loudest;
    }
    return loudest;
}

/// A reference may be lossy, and a reference track may have any depth.
std::vector<Finding>
format_findings(MediaInfo const& media, std::string const& kind, std::string const& file) {
    auto findings = media_findings(media, file);
    if (kind == "stem") {
        return findings;
    }
    std::erase_if(findings, [&](Finding const& finding) {
        return (finding.code == "wrong_content" && !media.wrong_content) ||
               (finding.code == "low_bit_depth" && kind == "reference");
    });
    for (auto& finding : findings) {
        finding.severity = finding.code == "wrong_content" ? Severity::warn : finding.severity;
    }
    return findings;
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
        findings.push_back(silent_finding(file, loudest));
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

std::vector<Finding>
findings_of(ProbeResult const& probe, std::string const& kind, std::string const& filename) {
    auto findings = format_findings(probe.media, kind, filename);
    add_sample_findings(probe, filename, kind == "stem", findings);
    if (kind == "stem") {
        add_label_finding(filename, findings);
    }
    return findings;
}

} // namespace stemlathe::service
