#include "service/api/render_json.hpp"

#include "host/engine_generation.hpp"
#include "service/api/answers.hpp"
#include "service/api/lookup.hpp"
#include "service/http/percent.hpp"

#include <array>

namespace stemlathe::service {

namespace {

/// Made for listening inside the service; never delivered.
constexpr std::string_view kReview = "review/";

/// How a revision was made: nothing that a share link shows.
constexpr std::array<std::string_view, 8> kOfTheHouse{
    "plan", "changes", "result", "attempts", "engine", "position", "wait_s", "problem"};

boost::json::array outputs_json(Call const& call, Row const& render) {
    boost::json::array outputs;
    bool const is_free = may_download(call, render.text("id"));
    if (!is_free && call.who.rank == Rank::reviewer) {
        return outputs; // to listen only
    }
    for (auto const& row : call.database().query(
             "SELECT name, profile, bytes, digest FROM output WHERE job=$1 ORDER BY name",
             {render.text("job")}
         )) {
        auto const& name = row.text("name");
        if (name.starts_with(kReview)) {
            continue;
        }
        auto const url =
            "/v1/renders/" + render.text("id") + "/files/" + percent_encoded(name, "/");
        outputs.push_back(
            {{"name", name},
             {"profile", text_or_null(row.maybe_text("profile"))},
             {"bytes", row.integer("bytes")},
             {"sha256", row.text("digest")},
             {"url", is_free ? boost::json::value(url) : boost::json::value{}}}
        );
    }
    return outputs;
}

} // namespace

std::string_view shown_state(std::string_view job_state) noexcept {
    return job_state == "leased" ? "running" : job_state == "dead" ? "failed" : job_state;
}

bool may_download(Call const& call, std::string const& render) {
    return call.who.is_house() ||
           (call.who.has_right("download") && standing_approval(call, render).has_value());
}

boost::json::value problem_json(Row const& job) {
    auto const& state = job.text("state");
    if (state != "failed" && state != "dead") {
        return nullptr;
    }
    return boost::json::object{
        {"code", job.maybe_text("error_code").value_or("internal")},
        {"message", job.maybe_text("error").value_or("")},
        {"retryable", state == "dead"}};
}

/// Whose engine made it; before that, whose it waits for.
boost::json::value engine_json(Row const& render) {
    auto engine = render.maybe_integer("engine");
    if (!engine && render.text("state") == "succeeded") {
        engine = kFirstEngine; // who made it counted none yet
    }
    return engine ? boost::json::value(*engine) : boost::json::value{};
}

boost::json::object render_summary(Row const& render) {
    auto const state = render.text("state");
    return {
        {"id", render.text("id")},
        {"session", render.text("session")},
        {"revision", render.integer("revision")},
        {"state", shown_state(state)},
        {"class", render.text("class")},
        {"progress", render.integer("progress")},
        {"stage", text_or_null(render.maybe_text("stage"))},
        {"deliveries", stored_json(render.text("deliveries"))},
        {"round", text_or_null(render.maybe_text("round"))},
        {"attempts", render.integer("attempt")},
        {"engine", engine_json(render)},
        {"problem", problem_json(render)},
        {"created", time_text(render.integer("created"))},
        {"started", time_or_null(render.maybe_integer("started"))},
        {"finished", time_or_null(render.maybe_integer("finished"))}};
}

boost::json::object render_json(Call const& call, Row const& render) {
    auto document = render_summary(render);
    document["position"] = nullptr;
    document["wait_s"] = nullptr;
    if (auto const place = call.services.queue.place(render.text("job"))) {
        if (place->position) {
            document["position"] = *place->position;
        }
        document["wait_s"] = static_cast<double>(place->wait_ms) / 1000.0;
    }
    document["cancelling"] = render.text("state") == "leased" && render.integer("cancel_req") != 0;
    document["plan"] = stored_json(render.maybe_text("plan"));
    document["changes"] = stored_json(render.text("changes"));
    document["result"] = stored_json(render.maybe_text("result"));
    document["approval"] = text_or_null(standing_approval(call, render.text("id")));
    document["outputs"] = outputs_json(call, render);
    if (call.who.rank == Rank::reviewer) {
        for (auto const key : kOfTheHouse) {
            document.erase(key);
        }
    }
    return document;
}

} // namespace stemlathe::service
