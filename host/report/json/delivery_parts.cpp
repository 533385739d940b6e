#include "host/report/json/delivery_parts.hpp"

#include "host/model/profile.hpp"
#include "host/report/json_text.hpp"

#include <boost/json/object.hpp>

#include <utility>

namespace stemlathe {

namespace json = boost::json;

json::array failure_objects(std::vector<DeliveryFailure> const& failures) {
    json::array list;
    for (auto const& failure : failures) {
        list.push_back(json::object{
            {"code", failure.code},
            {"measured", rounded(failure.measured, 3)},
            {"limit", rounded(failure.limit, 3)},
            {"unit", failure.unit},
            {"message", failure.message}});
    }
    return list;
}

json::array cut_objects(std::vector<CutCheck> const& checks) {
    json::array list;
    for (auto const& check : checks) {
        list.push_back(json::object{
            {"code", check.code},
            {"passed", check.passed},
            {"measured", rounded(check.measured, 3)},
            {"limit", rounded(check.limit, 3)},
            {"unit", check.unit},
            {"at_s", rounded(check.at_s, 2)},
            {"message", check.message}});
    }
    return list;
}

json::value codecs_value(std::optional<CodecReading> const& reading) {
    if (!reading) {
        return nullptr;
    }
    json::array peaks;
    for (auto const& peak : reading->peaks) {
        peaks.push_back(json::object{
            {"codec", peak.codec},
            {"true_peak_dbtp", rounded(peak.true_peak_dbtp, 3)},
            {"at_s", rounded(peak.at_s, 3)}});
    }
    return json::object{
        {"passed", passes(*reading)},
        {"limit_dbtp", kDecodedPeak_dbtp},
        {"sent", sent_words(*reading)},
        {"sent_s", rounded(reading->sent_s, 3)},
        {"codecs", std::move(peaks)}};
}

} // namespace stemlathe
