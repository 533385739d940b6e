#include "service/api/renders.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/deliveries_wanted.hpp"
#include "service/api/document.hpp"
#include "service/api/job_spec.hpp"
#include "service/api/lookup.hpp"
#include "service/api/plans.hpp"
#include "service/api/render_json.hpp"
#include "service/api/revision_changes.hpp"
#include "service/api/session_engine.hpp"
#include "service/api/wait.hpp"
#include "service/store/events.hpp"
#include "service/store/ids.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::size_t kIdMax = 64;
constexpr double kSong_s_max = 6.0 * 3600.0;

/// What the body of a new render asks for.
struct Order {
    RenderWish wish{};
    std::string klass = "normal";
    std::optional<std::string> round{};
};

/// The plan by its id, marked as used; its words stay as they are from now on.
std::string use_plan(Call const& call, std::string const& session, std::string const& plan) {
    auto const rows = call.database().query(
        "UPDATE plan SET used=1, updated=CASE WHEN used=0 THEN now_ms() ELSE updated END "
        "WHERE id=$1 AND session=$2 AND deleted IS NULL RETURNING document",
        {plan, session}
    );
    if (rows.empty()) {
        throw Problem{ProblemKind::not_found, "there is no such plan in this session"};
    }
    return rows.front().text("document");
}

/// The session's preset gives what the body leaves out.
void fill_from_preset(Call const& call, Row const& session, RenderWish& wish) {
    auto const preset = session.maybe_text("preset");
    if (!preset) {
        return;
    }
    auto const rows = call.database().query(
        "SELECT plan, deliveries FROM preset WHERE id=$1 AND deleted IS NULL", {*preset}
    );
    if (rows.empty()) {
        return; // deleted since: the session goes on without it
    }
    if (wish.plan == "null") {
        wish.plan = rows.front().text("plan");
    }
    if (wish.deliveries == "[]") {
        wish.deliveries = rows.front().text("deliveries");
    }
}

Order read_order(Call const& call, Row const& session) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    Order order;
    auto const* const plan = reader.object("plan");
    auto const plan_id = reader.text("plan_id", kIdMax);
    order.wish.deliveries = deliveries_wanted(reader, call.services.profiles);
    order.klass = reader.word("class", {"preview", "normal", "bulk"}).value_or("normal");
    order.wish.from_s = reader.number("from_s", 0.0, kSong_s_max);
    order.wish.to_s = reader.number("to_s", 0.0, kSong_s_max);
    order.wish.apply_comments = reader.boolean("apply_comments").value_or(false);
    order.wish.review = reader.boolean("review").value_or(order.klass != "bulk");
    order.round = reader.text("round", kIdMax);
    if (order.wish.from_s && order.wish.to_s && *order.wish.from_s >= *order.wish.to_s) {
        reader.wrong("to_s", "must be greater than from_s");
    }
    if (plan != nullptr && plan_id) {
        reader.wrong("plan_id", "cannot be given together with plan");
    }
    reader.finish();
    if (plan != nullptr) {
        order.wish.plan = checked_plan(call.database(), session.text("id"), *plan);
    } else if (plan_id) {
        order.wish.plan = use_plan(call, session.text("id"), *plan_id);
    }
    fill_from_preset(call, session, order.wish);
    order.wish.plan =
        with_house_profiles(order.wish.plan, order.wish.deliveries, call.services.profiles);
    return order;
}

/// The round that the new revision answers: the named one, else the last closed one that waits.
std::optional<std::string>
round_of(Call const& call, Row const& session, std::optional<std::string> const& named) {
    auto const rows = call.database().query(
        "SELECT o.id AS id, j.state AS state FROM round o LEFT JOIN render r ON r.id=o.render "
        "LEFT JOIN job j ON j.id=r.job WHERE o.session=$1 AND ($2='' OR o.id=$2) "
        "ORDER BY o.number DESC LIMIT 1",
        {session.text("id"), named.value_or("")}
    );
    if (rows.empty() && named) {
        throw Problem{ProblemKind::not_found, "there is no such round in this session"};
    }
    if (rows.empty()) {
        return std::nullopt;
    }
    auto const state = rows.front().maybe_text("state").value_or("none");
    bool const is_answered = state == "queued" || state == "leased" || state == "succeeded";
    if (is_answered && named) {
        throw Problem{ProblemKind::conflict, "the round has its revision: one round, one revision"};
    }
    return is_answered ? std::nullopt : std::optional{rows.front().text("id")};
}

std::string changes_to_last(
    Call const& call, std::string const& session, std::string const& plan, std::string const& stems
) {
    auto const rows = call.database().query(
        "SELECT plan, stems FROM render WHERE session=$1 ORDER BY revision DESC LIMIT 1", {session}
    );
    if (rows.empty()) {
        return "[]";
    }
    return boost::json::serialize(
        revision_changes(rows.front().text("plan"), plan, rows.front().text("stems"), stems)
    );
}

/// What a new revision is made of.
struct NewRender {
    std::string id{};
    std::string job{};
    std::string stems{}; ///< JSON
};

/// Makes the revision's row and its event.
void insert_render(
    Call const& call, Row const& session, Order const& order, NewRender const& render
) {
    auto const& session_id = session.text("id");
    auto const round = round_of(call, session, order.round);
    auto const revision = session.integer("revisions") + 1;
    call.database().query(
        "INSERT INTO render(id, tenant, session, revision, job, plan, deliveries, stems, round, "
        "changes, created) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now_ms())",
        {render.id,
         session.text("tenant"),
         session_id,
         revision,
         render.job,
         order.wish.plan,
         order.wish.deliveries,
         render.stems,
         round ? Value{*round} : Value{nullptr},
         changes_to_last(call, session_id, order.wish.plan, render.stems)}
    );
    call.database().query(
        "UPDATE session SET revisions=$2, version=version+1, updated=now_ms() WHERE id=$1",
        {session_id, revision}
    );
    if (round) {
        call.database().query(
            "UPDATE round SET render=$2, updated=now_ms() WHERE id=$1", {*round, render.id}
        );
    }
    append_event(
        call.database(),
        {.tenant = session.text("tenant"),
         .session = session_id,
         .type = "render.queued",
         .subject = render.id,
         .data = fmt::format("{{\"revision\":{}}}", revision)}
    );
}

void note_render(Call const& call, Row const& render, std::string_view action) {
    note_action(
        call,
        {.action = action,
         .subject = render.text("id"),
         .client = render.text("tenant"),
         .detail = {{"session", render.text("session")}, {"revision", render.integer("revision")}}}
    );
}

} // namespace

Response create_render(Call const& call) {
    if (call.services.is_draining()) {
        throw Problem{ProblemKind::unavailable, "the server is going down; try again soon"};
    }
    auto const session = session_of(call);
    auto const order = read_order(call, *session);
    auto const spec = render_spec(call, *session, order.wish);
    auto const id = make_id("rnd");
    auto const job = call.services.queue.enqueue(
        {.tenant = session->text("tenant"),
         .session = session->text("id"),
         .subject = id,
         .kind = "render",
         .klass = order.klass,
         .spec = spec,
         .cost_ms = cost_of_session_ms(call.database(), session->text("id")),
         .engine = engine_of_session(call.database(), session->text("id"))}
    );
    insert_render(call, *session, order, {.id = id, .job = job, .stems = stems_of_spec(spec)});
    call.services.work_arrived();
    auto const render = render_named(call, session->text("id"), id);
    note_render(call, *render, "render.ordered");
    return json_answer(202, render_json(call, *render)).with("Location", "/v1/renders/" + id);
}

Response list_renders(Call const& call) {
    auto const page = page_of(call);
    auto const state = query_word(call, "state", kShownStates);
    auto const session = session_of(call);
    auto const rows = call.database().query(
        "SELECT r.id AS id, r.session AS session, r.revision AS revision, r.plan AS plan, "
        "r.deliveries AS deliveries, r.round AS round, r.created AS created, j.class AS class, "
        "j.state AS state, j.progress AS progress, j.stage AS stage, j.error AS error, "
        "j.error_code AS error_code, "
        "j.attempt AS attempt, j.engine AS engine, j.started AS started, j.finished AS finished "
        "FROM render r JOIN job j ON j.id=r.job "
        "WHERE r.session=$1 AND r.id>$2 AND ($3='' OR r.id=$3) "
        "AND ($4='' OR j.state=$4 OR (j.state='leased' AND $4='running') "
        "OR (j.state='dead' AND $4='failed')) "
        "AND coalesce(j.finished, j.started, j.created)>=$5 ORDER BY r.id LIMIT $6",
        {session->text("id"),
         page.after,
         call.who.render,
         state,
         updated_since(call),
         page.limit + 1}
    );
    return list_answer(page, rows, render_summary);
}

Response show_render(Call const& call) {
    auto const render = render_of(call);
    auto const& state = render->text("state");
    auto response = json_answer(200, render_json(call, *render));
    if (state == "queued" || state == "leased") {
        response.wait = wanted_wait(call.request);
        response.with("Retry-After", "1");
    }
    return response;
}

Response cancel_render(Call const& call) {
    auto const render = render_of(call);
    if (!call.services.queue.cancel(render->text("job"))) {
        throw Problem{
            ProblemKind::conflict,
            fmt::format("the render is {} already", shown_state(render->text("state")))};
    }
    auto const after = render_of(call);
    note_render(call, *after, "render.canceled");
    bool const is_over = after->text("state") == "canceled"; // else it will stop
    return json_answer(is_over ? 200 : 202, render_json(call, *after));
}

} // namespace stemlathe::service
