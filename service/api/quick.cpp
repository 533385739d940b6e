#include "service/api/quick.hpp"

#include "service/api/answers.hpp"
#include "service/api/document.hpp"
#include "service/api/lookup.hpp"
#include "service/api/plans.hpp"
#include "service/api/renders.hpp"
#include "service/api/sessions.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

using boost::json::object;

constexpr std::string_view kSessionsWrite = "sessions:write";
constexpr std::size_t kIdMax = 64;

/// What a plan is made of, and what an order; all other keys say something of the song.
constexpr std::array<std::string_view, 2> kOfPlan{"plan", "name"};
constexpr std::array<std::string_view, 7> kOfRender{
    "deliveries", "class", "from_s", "to_s", "apply_comments", "review", "round"};

std::string plain_text(boost::json::value const& value) {
    return std::string{value.as_string()};
}

/// The body in the bodies of the three calls that it stands for.
struct QuickBody {
    std::string session{};
    object song{};
    object plan{};
    object render{};
};

QuickBody read_quick(Call const& call) {
    QuickBody quick;
    for (auto const& pair : parse_document(call.request.body)) {
        std::string const key{pair.key()};
        auto const& value = pair.value();
        bool const is_of_plan = std::ranges::find(kOfPlan, key) != kOfPlan.end();
        bool const is_of_render = std::ranges::find(kOfRender, key) != kOfRender.end();
        if (key != "session") {
            auto& part = is_of_plan ? quick.plan : is_of_render ? quick.render : quick.song;
            part[key] = value;
        } else if (value.is_string() && value.get_string().size() <= kIdMax) {
            quick.session = plain_text(value);
        }
    }
    if (quick.session.empty() || quick.song.contains("archived")) {
        bool const is_session = quick.session.empty();
        throw Problem{
            ProblemKind::invalid_document,
            "the document has wrong values",
            {{.pointer = is_session ? "/session" : "/archived",
              .message = is_session ? "must be the id of the session that holds the stems"
                                    : "is not for a song that is to be mastered"}}};
    }
    return quick;
}

/// One of the single calls, with its limits and refusals. @returns its document
object call_one(
    Call const& call,
    std::string const& session,
    Response (*operation)(Call const&),
    object const& body
) {
    Request request = call.request;
    request.path_values["session"] = session;
    request.fields["if-match"] = "*";
    request.body = boost::json::serialize(body);
    auto const answer = operation({.request = request, .who = call.who, .services = call.services});
    return stored_json(std::get<std::string>(answer.body)).as_object();
}

/// What the body leaves out of the plan comes from the session's preset; else all is automatic.
void fill_plan(Call const& call, object const& session, object& plan) {
    bool const is_given = plan.contains("plan") && !plan.at("plan").is_null();
    auto const& preset = session.at("preset");
    auto const rows = preset.is_null()
                          ? Rows{{}, {}}
                          : call.database().query(
                                "SELECT name, plan FROM preset WHERE id=$1 AND deleted IS NULL",
                                {plain_text(preset)}
                            );
    if (!is_given) {
        auto const of_preset =
            rows.empty() ? boost::json::value{} : stored_json(rows.front().text("plan"));
        plan["plan"] = of_preset.is_null() ? boost::json::value(object{}) : of_preset;
    }
    if (!is_given && !plan.contains("name") && !rows.empty()) {
        plan["name"] = rows.front().text("name");
    }
}

} // namespace

Response master_quickly(Call const& call) {
    if (!call.who.has_scope(kSessionsWrite)) {
        throw Problem{ProblemKind::forbidden, "the token lacks the scope sessions:write"};
    }
    auto quick = read_quick(call);
    auto const& id = quick.session;
    auto const changed = call_one(call, id, change_session, quick.song);
    fill_plan(call, changed, quick.plan);
    auto const made = call_one(call, id, create_plan, quick.plan);
    auto const& plan = made.at("id");
    quick.render["plan_id"] = plan;
    auto const render = call_one(call, id, create_render, quick.render);
    Request request = call.request;
    request.path_values = {{"session", id}, {"plan", plain_text(plan)}};
    Call const then{.request = request, .who = call.who, .services = call.services};
    auto const shown = [&](Response const& answer) {
        return stored_json(std::get<std::string>(answer.body));
    };
    return json_answer(
               202,
               {{"session", shown(show_session(then))},
                {"plan", shown(show_plan(then))},
                {"render", render}}
    ).with("Location", "/v1/renders/" + plain_text(render.at("id")));
}

} // namespace stemlathe::service
