#include "service/api/comparisons.hpp"

#include "service/api/answers.hpp"
#include "service/api/document.hpp"
#include "service/api/job_spec.hpp"
#include "service/api/lookup.hpp"
#include "service/api/render_json.hpp"
#include "service/api/wait.hpp"
#include "service/http/percent.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace stemlathe::service {

namespace {

using boost::json::object;

constexpr std::size_t kIdMax = 64;
/// The masters that say most of a change come first: what no limiter has shaped, then what all
/// hear.
constexpr std::array<std::string_view, 2> kFirst{"archive", "streaming"};

/// Two revisions, the second one against the first.
struct Pair {
    std::string a{};
    std::string b{};
};

/// The digest of a revision's WAV of each delivery, by the delivery's name.
std::map<std::string, std::string> masters_of(Call const& call, Row const& render) {
    constexpr std::string_view kMasters = "masters/";
    std::map<std::string, std::string> masters;
    for (auto const& row : call.database().query(
             "SELECT name, digest FROM output WHERE job=$1 AND name LIKE 'masters/%.wav' "
             "ORDER BY name",
             {render.text("job")}
         )) {
        auto const rest = row.text("name").substr(kMasters.size());
        masters.emplace(rest.substr(0, rest.find('/')), row.text("digest"));
    }
    if (masters.empty()) {
        throw Problem{
            ProblemKind::conflict,
            fmt::format("revision {} has no WAV (yet)", render.integer("revision"))};
    }
    return masters;
}

/// The delivery that is compared. @throws Problem{conflict} there is none in both
std::string common_delivery(
    std::map<std::string, std::string> const& a, std::map<std::string, std::string> const& b
) {
    for (auto const name : kFirst) {
        std::string const delivery{name};
        if (a.contains(delivery) && b.contains(delivery)) {
            return delivery;
        }
    }
    auto const found =
        std::ranges::find_if(a, [&](auto const& one) { return b.contains(one.first); });
    if (found == a.end()) {
        throw Problem{ProblemKind::conflict, "the two revisions have no delivery in common"};
    }
    return found->first;
}

object file_json(std::string_view filename, std::string const& digest) {
    return {
        {"filename", filename},
        {"digest", digest},
        {"kind", "stem"},
        {"role", nullptr},
        {"priority", 0},
        {"offset_s", 0.0}};
}

/// What the worker is told: job_spec.hpp's documents, with nothing but the two files.
std::string comparison_spec(Call const& call, Row const& session, Pair const& pair) {
    auto const& id = session.text("id");
    auto const masters_a = masters_of(call, *render_named(call, id, pair.a));
    auto const masters_b = masters_of(call, *render_named(call, id, pair.b));
    auto const delivery = common_delivery(masters_a, masters_b);
    return boost::json::serialize(object{
        {"session", id},
        {"details", object{}},
        {"files",
         {file_json("a.wav", masters_a.at(delivery)), file_json("b.wav", masters_b.at(delivery))}},
        {"comments", boost::json::array{}},
        {"compare", true},
        {"a", pair.a},
        {"b", pair.b},
        {"delivery", delivery}});
}

/// The newest comparison of the two; nothing where nobody asked for it.
std::optional<Row> find_comparison(Call const& call, std::string const& session, Pair const& pair) {
    for (auto const& row : call.database().query(
             "SELECT * FROM job WHERE subject=$1 AND kind='analysis' AND session=$2 "
             "ORDER BY id DESC",
             {pair.b, session}
         )) {
        auto const spec = stored_json(row.text("spec"));
        auto const* const a = spec.as_object().if_contains("a");
        if (a != nullptr && a->as_string() == pair.a) {
            return row;
        }
    }
    return std::nullopt;
}

object comparison_document(Row const& job) {
    auto const spec = stored_json(job.text("spec"));
    auto const result = stored_json(job.maybe_text("result"));
    return {
        {"a", spec.at("a")},
        {"b", spec.at("b")},
        {"delivery", spec.at("delivery")},
        {"job", job.text("id")},
        {"state", shown_state(job.text("state"))},
        {"result", result.is_object() ? result.at("comparison") : boost::json::value{}},
        {"problem", problem_json(job)}};
}

Pair read_pair(Call const& call) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    reader.require("a");
    reader.require("b");
    Pair pair{
        .a = reader.text("a", kIdMax).value_or(""), .b = reader.text("b", kIdMax).value_or("")};
    if (pair.a == pair.b) {
        reader.wrong("b", "must be another revision than a");
    }
    reader.finish();
    return pair;
}

} // namespace

Response create_comparison(Call const& call) {
    auto const session = session_of(call);
    auto const& id = session->text("id");
    auto const pair = read_pair(call);
    auto const spec = comparison_spec(call, *session, pair);
    auto comparison = find_comparison(call, id, pair);
    auto const state = comparison ? comparison->text("state") : std::string{};
    if (state != "queued" && state != "leased" && state != "succeeded") {
        static_cast<void>(call.services.queue.enqueue(
            {.tenant = session->text("tenant"),
             .session = id,
             .subject = pair.b,
             .kind = "analysis",
             .klass = "preview",
             .spec = spec,
             .cost_ms = cost_of_session_ms(call.database(), id)}
        ));
        comparison = find_comparison(call, id, pair);
        call.services.work_arrived();
    }
    return json_answer(202, comparison_document(*comparison))
        .with(
            "Location",
            fmt::format(
                "/v1/sessions/{}/compare?a={}&b={}",
                id,
                percent_encoded(pair.a),
                percent_encoded(pair.b)
            )
        );
}

Response show_comparison(Call const& call) {
    auto const session = session_of(call);
    Pair const pair{
        .a = call.request.query_value("a").value_or(""),
        .b = call.request.query_value("b").value_or("")};
    auto const comparison = find_comparison(call, session->text("id"), pair);
    if (!comparison) {
        throw Problem{
            ProblemKind::not_found,
            "these two revisions have not been compared; POST them to the session's comparisons"};
    }
    auto const& state = comparison->text("state");
    auto response = json_answer(200, comparison_document(*comparison));
    if (state == "queued" || state == "leased") {
        response.wait = wanted_wait(call.request);
        response.with("Retry-After", "1");
    }
    return response;
}

} // namespace stemlathe::service
