#include "host/plan/plan_toml.hpp"
#include "host/report/json/parts.hpp"
#include "host/report/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace stemlathe {

namespace json = boost::json;

namespace {

/// By stem: how far its level is from its own median, and the level itself.
void add_levels(json::object& out, std::vector<StemLevelAtMoment> const& levels) {
    json::object against_median;
    json::object absolute;
    for (auto const& level : levels) {
        against_median[level.stem] = rounded(level.against_median_db, 3);
        absolute[level.stem] = rounded(level.level_lufs, 3);
    }
    out["stem_levels_db"] = std::move(against_median);
    out["stem_levels_lufs"] = std::move(absolute);
}

/// By stem, then by band: "03_Vocals.wav": {"sibilance": 4.2}.
json::object excess_by_stem(std::vector<BandAtMoment> const& bands) {
    json::object stems;
    for (auto const& band : bands) {
        auto& entry = stems[band.stem];
        auto& of_stem = entry.is_object() ? entry.get_object() : entry.emplace_object();
        of_stem[band.band] = rounded(band.excess_db, 3);
    }
    return stems;
}

json::object measurement_object(CommentMeasurements const& measured) {
    json::object out;
    add_levels(out, measured.stem_levels);
    out["band_excess_db"] = excess_by_stem(measured.band_excess);
    out["sibilance_db"] = rounded(measured.sibilance_db, 3);
    out["gain_reduction_db"] = rounded(measured.gain_reduction_db, 3);
    out["masking_findings"] =
        json::array(measured.masking_findings.begin(), measured.masking_findings.end());
    return out;
}

json::object band_object(EqualiserBand const& band) {
    json::object out{{"type", name_of(band.type)}};
    if (band.type == EqualiserType::curve) {
        json::array points;
        for (auto const& point : band.points) {
            points.push_back(json::array{rounded(point.hz, 2), rounded(point.gain_db, 3)});
        }
        out["points"] = std::move(points);
        return out;
    }
    out["hz"] = rounded(band.hz, 2);
    out["gain_db"] = rounded(band.gain_db, 3);
    out["q"] = rounded(band.q, 4);
    out["slope_db_oct"] = rounded(band.slope_db_oct, 1);
    return out;
}

/// A region as contract section 4 has it, and the stem whose plan it belongs to.
json::value proposal_value(std::optional<CommentProposal> const& proposal) {
    if (!proposal) {
        return nullptr;
    }
    json::array eq;
    for (auto const& planned : proposal->region.eq) {
        eq.emplace_back(band_object(planned.band));
    }
    return {
        {"stem", proposal->stem},
        {"start_s", rounded(proposal->region.start_s, 3)},
        {"end_s", rounded(proposal->region.end_s, 3)},
        {"gain_db", rounded(proposal->region.gain_db, 3)},
        {"fade_s", rounded(proposal->region.fade_s, 4)},
        {"eq", std::move(eq)}};
}

json::object comment_object(CommentReading const& reading) {
    auto const& comment = reading.comment;
    auto const& proposal = reading.proposal;
    return {
        {"start_s", rounded(comment.start_s, 3)},
        {"end_s", rounded(comment.end_s, 3)},
        {"anchored", comment.anchored},
        {"text", comment.text},
        {"stem", text_or_null(comment.stem)},
        {"measurements", measurement_object(reading.measurements)},
        {"proposal", proposal_value(proposal)},
        {"reason", proposal ? text_or_null(proposal->reason) : json::value(nullptr)},
        {"applied", proposal && proposal->applied},
        {"note", text_or_null(reading.note)}};
}

} // namespace

json::value comments_value(std::optional<std::vector<CommentReading>> const& comments) {
    if (!comments) {
        return nullptr;
    }
    json::array list;
    for (auto const& reading : *comments) {
        list.emplace_back(comment_object(reading));
    }
    return list;
}

} // namespace stemlathe
