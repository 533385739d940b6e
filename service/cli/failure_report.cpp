#include "service/cli/failure_report.hpp"

#include "host/pipeline/master.hpp"
#include "host/report/json_text.hpp"
#include "host/report/report_json.hpp"
#include "service/cli/exit_codes.hpp"
#include "service/client/remote_failure.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <new>
#include <utility>

namespace stemlathe::service {

namespace json = boost::json;

namespace {

constexpr std::array<std::pair<Code, int>, 14> kExitCodes{{
    {Code::invalid_argument, kWrongInput},
    {Code::invalid_session, kWrongInput},
    {Code::invalid_plan, kWrongInput},
    {Code::not_found, kWrongInput},
    {Code::unreadable, kWrongInput},
    {Code::not_a_number, kFailedInside},
    {Code::intake_refused, kRefused},
    {Code::no_device, kWrongInput},
    {Code::device_lost, kFailedInside},
    {Code::out_of_memory, kFailedInside},
    {Code::storage_full, kFailedInside},
    {Code::storage_failed, kFailedInside},
    {Code::cancelled, kInterrupted},
    {Code::internal, kFailedInside},
}};

/// What JSON calls it.
std::string_view name_in_json(Failure const& failure) {
    auto const* const remote = dynamic_cast<RemoteFailure const*>(&failure);
    return remote != nullptr ? remote->name() : name_of(failure.code());
}

json::value text_or_null(std::string const& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

void print_failure_report_json(Failure const& failure, IntakeRefused const* refused) {
    json::object document{
        {"error",
         {{"code", name_in_json(failure)},
          {"message", failure.what()},
          {"file", text_or_null(failure.file())},
          {"key", text_or_null(failure.key())}}}};
    if (refused != nullptr) {
        document["intake"] = json::parse(intake_json("refuse", refused->findings()));
    }
    fmt::print("{}", json_text(document));
}

void print_failure_report_words(Failure const& failure, IntakeRefused const* refused) {
    if (refused != nullptr) {
        for (auto const& finding : refused->findings()) {
            if (finding.severity == Severity::info) {
                continue; // not why it was refused; --json has it
            }
            fmt::print(
                stderr,
                "  {:<6} {:<22} {}\n",
                name_of(finding.severity),
                finding.code,
                finding.message
            );
        }
    }
    fmt::print(stderr, "stemlathe: {}\n", failure.what());
}

int report(Failure const& failure, bool as_json) {
    auto const* refused = dynamic_cast<IntakeRefused const*>(&failure);
    if (as_json) {
        print_failure_report_json(failure, refused);
    } else {
        print_failure_report_words(failure, refused);
    }
    return exit_code_of(failure.code());
}

} // namespace

int exit_code_of(Code code) noexcept {
    auto const row = std::find_if(kExitCodes.begin(), kExitCodes.end(), [=](auto const& pair) {
        return pair.first == code;
    });
    return row != kExitCodes.end() ? row->second : kFailedInside;
}

bool wants_json(std::vector<std::string> const& words) {
    return std::find(words.begin(), words.end(), "--json") != words.end();
}

int report_failure(std::exception const& failure, bool as_json) {
    if (auto const* known = dynamic_cast<Failure const*>(&failure)) {
        return report(*known, as_json);
    }
    if (dynamic_cast<std::bad_alloc const*>(&failure) != nullptr) {
        return report(
            Failure{
                Code::out_of_memory,
                "this machine's memory is full; a smaller --segment-frames or fewer --threads "
                "need less"},
            as_json
        );
    }
    return report(
        Failure{
            Code::internal, fmt::format("a bug in stemlathe stopped the job: {}", failure.what())},
        as_json
    );
}

} // namespace stemlathe::service
