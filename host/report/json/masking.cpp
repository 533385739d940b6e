#include "host/report/json/parts.hpp"
#include "host/report/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace stemlathe {

namespace json = boost::json;

namespace {

json::value decibels(std::optional<double> value) {
    return rounded(value, 3);
}

json::array pair_objects(std::vector<MaskingPair> const& pairs) {
    json::array list;
    for (auto const& pair : pairs) {
        list.push_back(
            {{"masker", pair.masker},
             {"masked", pair.masked},
             {"shortfall_db", decibels(pair.shortfall_db)},
             {"percent_of_time", rounded(pair.percent_of_time, 2)},
             {"layered", pair.layered}}
        );
    }
    return list;
}

json::value fix_value(std::optional<MaskingFix> const& fix) {
    if (!fix) {
        return nullptr;
    }
    return {
        {"stem", fix->stem},
        {"type", fix->type},
        {"hz", rounded(fix->hz, 2)},
        {"gain_db", decibels(fix->gain_db)},
        {"q", rounded(fix->q, 4)},
        {"pan", rounded(fix->pan, 4)},
        {"dynamic", fix->dynamic},
        {"predicted_margin_db", decibels(fix->predicted_margin_db)},
        {"measured_margin_db", decibels(fix->measured_margin_db)},
        {"applied", fix->applied},
        {"note", text_or_null(fix->note)}};
}

json::array masker_objects(std::vector<MaskerShare> const& maskers) {
    json::array list;
    for (auto const& masker : maskers) {
        list.push_back(
            {{"stem", masker.stem},
             {"share", rounded(masker.share, 4)},
             {"relief_db", decibels(masker.relief_db)}}
        );
    }
    return list;
}

json::object finding_object(MaskingFinding const& finding) {
    return {
        {"masked", finding.masked},
        {"masker", finding.masker},
        {"start_s", rounded(finding.start_s, 3)},
        {"end_s", rounded(finding.end_s, 3)},
        {"low_hz", rounded(finding.low_hz, 2)},
        {"high_hz", rounded(finding.high_hz, 2)},
        {"margin_db", decibels(finding.margin_db)},
        {"worst_margin_db", decibels(finding.worst_margin_db)},
        {"target_db", decibels(finding.target_db)},
        {"severity", finding.severity},
        {"masker_share", rounded(finding.masker_share, 4)},
        {"maskers", masker_objects(finding.maskers)},
        {"confidence", rounded(finding.confidence, 4)},
        {"duty", rounded(finding.duty, 4)},
        {"recurring", finding.recurring},
        {"occurrences", finding.occurrences},
        {"message", finding.message},
        {"fix", fix_value(finding.fix)}};
}

} // namespace

json::value masking_value(std::optional<MaskingReading> const& masking) {
    if (!masking) {
        return nullptr;
    }
    json::array bands;
    for (double const hz : masking->bands_hz) {
        bands.emplace_back(rounded(hz, 2));
    }
    json::array findings;
    for (auto const& finding : masking->findings) {
        findings.emplace_back(finding_object(finding));
    }
    return {
        {"profile", masking->profile},
        {"field", masking->field},
        {"calibration_db_spl", decibels(masking->calibration_db_spl)},
        {"bands_hz", std::move(bands)},
        {"hop_s", rounded(masking->hop_s, 6)},
        {"score_before", rounded(masking->score_before, 4)},
        {"score_after", rounded(masking->score_after, 4)},
        {"pairs", pair_objects(masking->pairs)},
        {"findings", std::move(findings)},
        {"notes", json::array(masking->notes.begin(), masking->notes.end())}};
}

} // namespace stemlathe
