#include "host/comments/propose.hpp"

#include "host/comments/advice.hpp"
#include "host/comments/clock.hpp"
#include "host/plan/matching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

/// Whether both change the same of the same stem at the same time.
bool is_same_change(CommentProposal const& a, CommentProposal const& b) {
    auto const hz = [](CommentProposal const& each) {
        return each.region.eq.empty() ? 0.0 : each.region.eq.front().band.hz;
    };
    return a.stem == b.stem && hz(a) == hz(b) && a.region.start_s < b.region.end_s &&
           b.region.start_s < a.region.end_s;
}

/// The plan's words for exactly this stem; made from what it says for it so far.
StemPlan& own_words(MasteringPlan& plan, Stem const& stem) {
    auto const own = std::ranges::find_if(plan.stem, [&](StemPlan const& each) {
        return each.match == stem.file || each.match == stem.path.stem().string();
    });
    return own != plan.stem.end() ? *own : plan.stem.emplace_back(plan_for_stem(plan, stem));
}

} // namespace

void propose(
    std::vector<CommentReading>& readings,
    std::span<Stem const> stems,
    MaskingReading const* masking
) {
    for (auto reading = readings.begin(); reading != readings.end(); ++reading) {
        auto answer = advise(*reading, stems, masking);
        auto const same = std::find_if(readings.begin(), reading, [&](auto const& earlier) {
            return answer.proposal && earlier.proposal &&
                   is_same_change(*answer.proposal, *earlier.proposal);
        });
        if (same != reading) {
            answer = {
                .note = fmt::format(
                    "the remark at {} leads to the same change", clock_text(same->comment.start_s)
                )};
        }
        reading->proposal = std::move(answer.proposal);
        reading->note = std::move(answer.note);
    }
}

void apply_proposals(
    MasteringPlan& plan, std::vector<CommentReading>& readings, Session const& session
) {
    for (auto& reading : readings) {
        auto& proposal = reading.proposal;
        if (!proposal) {
            continue;
        }
        auto const stem = std::ranges::find(session.stems, proposal->stem, &Stem::file);
        if (stem == session.stems.end()) {
            continue;
        }
        auto& regions = own_words(plan, *stem).region;
        if (std::ranges::find(regions, proposal->region) == regions.end()) {
            regions.push_back(proposal->region);
        }
        proposal->applied = true;
    }
}

} // namespace stemlathe
