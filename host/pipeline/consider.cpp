#include "host/pipeline/consider.hpp"

#include "host/comments/complete.hpp"
#include "host/comments/moment_meter.hpp"
#include "host/comments/propose.hpp"
#include "host/pipeline/short_memory.hpp"
#include "host/pipeline/unmask.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

namespace stemlathe {

namespace {

double start_s(Admitted const& admitted) {
    return static_cast<double>(admitted.window.from_frame) / admitted.session.rate_hz;
}

std::unique_ptr<MarginsCsv>
open_margins(std::filesystem::path const& path, Admitted const& admitted) {
    if (path.empty()) {
        return nullptr;
    }
    auto const& session = admitted.session;
    std::vector<std::string> files;
    std::ranges::transform(session.stems, std::back_inserter(files), &Stem::file);
    return std::make_unique<MarginsCsv>(
        path,
        std::move(files),
        csv_bands_hz(session.rate_hz),
        analysis_hop_s(session.rate_hz),
        start_s(admitted)
    );
}

std::unique_ptr<MomentMeter> open_moments(Admitted const& admitted) {
    auto const& session = admitted.session;
    if (session.comments.empty()) {
        return nullptr;
    }
    return std::make_unique<MomentMeter>(MomentMeterSettings{
        .comments = session.comments,
        .stems = session.stems,
        .bands_hz = analysis_bands_hz(session.rate_hz),
        .hop_s = analysis_hop_s(session.rate_hz),
        .start_s = start_s(admitted)});
}

/// What the comments come to: measurements, proposals, and the plan with these where asked for.
void answer_comments(
    Considered& considered,
    MomentMeter& moments,
    Admitted const& admitted,
    Survey const& surveyed,
    bool apply
) {
    auto readings = moments.finish();
    add_levels(readings, surveyed.stems, start_s(admitted));
    add_masking(readings, *considered.masking);
    propose(readings, admitted.session.stems, &*considered.masking);
    if (apply) {
        apply_proposals(considered.plan, readings, admitted.session);
    }
    considered.comments = std::move(readings);
}

} // namespace

Considered consider(
    Admitted const& admitted,
    MasteringPlan const& written,
    Survey const& surveyed,
    ConsiderSettings const& settings,
    Backend& backend,
    Run& run
) {
    std::unique_ptr<MarginsCsv> margins;
    std::unique_ptr<MomentMeter> moments;
    auto unmasked = with_less_memory(run, [&] {
        margins = open_margins(settings.margins, admitted); // a new attempt begins anew
        moments = open_moments(admitted);
        UnmaskSettings wishes{
            .listening = settings.listening,
            .apply = settings.fix,
            .may_change = undecided_equalisers(written, admitted.session),
            .csv = margins.get(),
            .percent = settings.percent};
        if (moments) {
            wishes.listener = [&](MaskingView const& view) {
                moments->take(view);
            };
        }
        return unmask(
            admitted.session, admitted.window, admitted.plan, surveyed, wishes, backend, run
        );
    });
    if (margins) {
        margins->commit();
    }
    Considered out{.plan = std::move(unmasked.plan), .masking = std::move(unmasked.reading)};
    if (moments) {
        answer_comments(out, *moments, admitted, surveyed, settings.apply_comments);
    }
    return out;
}

} // namespace stemlathe
