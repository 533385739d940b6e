#include "host/pipeline/admit.hpp"

#include "host/intake/strict.hpp"
#include "host/intake/time_reference.hpp"
#include "host/pipeline/resolve.hpp"
#include "host/pipeline/short_memory.hpp"
#include "host/session/scan.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

namespace stemlathe {

namespace {

void refuse_if_needed(std::vector<Finding> findings, bool has_stems, bool force) {
    if (!has_stems || (!force && verdict_of(findings) == "refuse")) {
        std::ranges::stable_sort(findings, std::ranges::greater{}, &Finding::severity);
        throw IntakeRefused{std::move(findings)};
    }
}

std::string sentence_of(std::vector<Finding> const& findings) {
    auto const is_refusal = [](Finding const& finding) {
        return finding.severity == Severity::refuse;
    };
    auto const count = std::ranges::count_if(findings, is_refusal);
    auto const first = std::ranges::find_if(findings, is_refusal);
    std::string out = "the session cannot be mastered as it is";
    if (first != findings.end()) {
        out += ": " + first->message;
    }
    return count > 1 ? out + fmt::format(" (and {} more)", count - 1) : out;
}

void take_over(std::string& target, std::string const& wish) {
    if (!wish.empty()) {
        target = wish;
    }
}

void take_over(SessionInfo& info, SessionInfo const& wish) {
    take_over(info.title, wish.title);
    take_over(info.version, wish.version);
    take_over(info.artist, wish.artist);
    take_over(info.album, wish.album);
    take_over(info.isrc, wish.isrc);
    take_over(info.upc, wish.upc);
    take_over(info.date, wish.date);
    take_over(info.genre, wish.genre);
    info.track = wish.track > 0 ? wish.track : info.track;
}

void plan_again(Admitted& admitted, MasterJob const& job) {
    conform(admitted.session);
    admitted.window = window_of(admitted.session, job.preview);
    admitted.plan = resolve_without_audio(job.plan, job.deliver, admitted.session, job.versions);
}

/// Removes the stems that the findings refuse. @returns how many
std::size_t leave_out(Session& session, std::vector<Finding> const& findings) {
    return std::erase_if(session.stems, [&](Stem const& stem) {
        return std::ranges::any_of(findings, [&](Finding const& finding) {
            return finding.severity == Severity::refuse && finding.stem == stem.file;
        });
    });
}

/// Whoever forces a session takes its source as it is.
bool is_strict(Session const& session, MasterJob const& job) {
    return session.strict_intake && !job.force;
}

} // namespace

IntakeRefused::IntakeRefused(std::vector<Finding> findings)
    : Failure(Code::intake_refused, sentence_of(findings)), findings_(std::move(findings)) {}

Window window_of(Session const& session, std::optional<PreviewRange> const& preview) {
    if (!preview) {
        return {.from_frame = 0, .frames = session.frames};
    }
    bool const is_range = preview->from_s >= 0.0 && preview->to_s > preview->from_s;
    if (!is_range || preview->from_s >= session.duration_s()) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the preview goes from {} s to {} s; it must lie within the song (0 to {:.3f} s) "
                "and end after it starts",
                preview->from_s,
                preview->to_s,
                session.duration_s()
            )}
            .about_key("from");
    }
    auto const from = frames_from_seconds(preview->from_s, session.rate_hz);
    double const to_s = std::min(preview->to_s, session.duration_s());
    auto const to = std::min(frames_from_seconds(to_s, session.rate_hz), session.frames);
    return {.from_frame = from, .frames = std::max<std::int64_t>(to - from, 1)};
}

Admitted admit(MasterJob const& job) {
    Admitted out{.session = scan_session(job.session)};
    auto& session = out.session;
    if (is_strict(session, job)) {
        refuse_poor_sources(session.findings);
    }
    take_over(session.info, job.info);
    refuse_if_needed(session.findings, !session.stems.empty(), job.force);
    out.window = window_of(session, job.preview);
    out.plan = resolve_without_audio(job.plan, job.deliver, session, job.versions);
    return out;
}

Survey survey_admitted(Admitted& admitted, MasterJob const& job, Backend& backend, Run& run) {
    for (;;) {
        auto surveyed = with_less_memory(run, [&] {
            return survey(admitted.session, admitted.window, backend, run);
        });
        auto& findings = admitted.session.findings;
        if (is_strict(admitted.session, job)) {
            refuse_poor_sources(surveyed.findings);
        }
        auto const dropped = leave_out(admitted.session, surveyed.findings);
        bool const has_stems = !admitted.session.stems.empty();
        if (dropped == 0 && surveyed.time_reference_is_wrong) {
            ignore_time_references(admitted.session);
            plan_again(admitted, job);
            continue;
        }
        if (dropped == 0) {
            std::ranges::move(surveyed.findings, std::back_inserter(findings));
            return surveyed;
        }
        for (auto const& finding : surveyed.findings) { // the next survey repeats the others
            if (finding.severity == Severity::refuse || !job.force) {
                findings.push_back(finding);
            }
        }
        refuse_if_needed(findings, has_stems, job.force);
        plan_again(admitted, job);
    }
}

} // namespace stemlathe
