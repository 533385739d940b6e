#include "service/executor/result_json.hpp"

#include "host/pipeline/master.hpp"
#include "host/plan/plan_json.hpp"
#include "host/report/json_text.hpp"
#include "host/report/report_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <new>
#include <string>
#include <utility>

namespace stemlathe::service {

namespace {

boost::json::array warnings_of(boost::json::value const& intake) {
    boost::json::array warnings;
    for (auto const& finding : intake.at("findings").as_array()) {
        if (finding.at("severity").as_string() != name_of(Severity::info)) {
            warnings.push_back(finding);
        }
    }
    return warnings;
}

boost::json::value scores_of(boost::json::value const& masking) {
    if (masking.is_null()) {
        return nullptr;
    }
    return {
        {"score_before", masking.at("score_before")}, {"score_after", masking.at("score_after")}};
}

boost::json::object
failure_object(Code code, std::string const& message, Failure const* failure = nullptr) {
    boost::json::object object{
        {"code", name_of(code)},
        {"message", message},
        {"file", text_or_null(failure != nullptr ? failure->file() : "")},
        {"key", text_or_null(failure != nullptr ? failure->key() : "")},
        {"findings", nullptr}};
    if (auto const* refused = dynamic_cast<IntakeRefused const*>(failure)) {
        auto const intake = boost::json::parse(intake_json("refuse", refused->findings()));
        object["findings"] = intake.at("findings");
    }
    return object;
}

} // namespace

boost::json::object result_json(MasteringReport const& report) {
    auto document = boost::json::parse(report_json(report));
    return {
        {"engine", document.at("engine")},
        {"deliveries", document.at("deliveries")},
        {"warnings", warnings_of(document.at("intake"))},
        {"masking", scores_of(document.at("masking"))},
        {"plan", boost::json::parse(plan_json(report.plan))},
        {"duration_s", rounded(report.duration_s, 3)},
        {"wall_s", document.at("timing").at("wall_s")},
        {"x_realtime", document.at("timing").at("x_realtime")}};
}

boost::json::object failure_json(std::exception const& failure) {
    if (auto const* known = dynamic_cast<Failure const*>(&failure)) {
        return failure_object(known->code(), known->what(), known);
    }
    if (dynamic_cast<std::bad_alloc const*>(&failure) != nullptr) {
        return failure_object(Code::out_of_memory, "this machine's memory is full");
    }
    return failure_object(
        Code::internal, std::string{"a bug in stemlathe stopped the job: "} + failure.what()
    );
}

} // namespace stemlathe::service
