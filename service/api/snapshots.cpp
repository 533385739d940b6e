#include "service/api/snapshots.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/wait.hpp"
#include "service/store/snapshot_maker.hpp"

namespace stemlathe::service {

namespace {

std::string_view name_of(MadeSnapshot::State state) noexcept {
    switch (state) {
    case MadeSnapshot::State::running:
        return "running";
    case MadeSnapshot::State::ready:
        return "ready";
    case MadeSnapshot::State::failed:
        break;
    }
    return "failed";
}

boost::json::object snapshot_json(MadeSnapshot const& snapshot) {
    boost::json::object document{
        {"id", snapshot.id},
        {"file", snapshot.file},
        {"state", name_of(snapshot.state)},
        {"problem", nullptr}};
    if (!snapshot.problem.empty()) {
        document["problem"] = snapshot.problem;
    }
    return document;
}

} // namespace

Response create_snapshot(Call const& call) {
    auto* const maker = call.services.snapshots;
    if (maker == nullptr) {
        throw Problem{
            ProblemKind::conflict,
            "the store is a PostgreSQL, which needs no snapshot: give stemlathe backup the "
            "stemlathe.toml that names it"};
    }
    if (call.services.is_draining()) {
        throw Problem{ProblemKind::unavailable, "the server is going down; try again soon"};
    }
    auto const made = maker->begin();
    if (!made) {
        throw Problem{ProblemKind::locked, "another snapshot is being made; ask again"}.retry_after(
            2
        );
    }
    note_action(
        call, {.action = "snapshot.created", .subject = made->id, .client = std::string{kHouse}}
    );
    return json_answer(202, snapshot_json(*made)).with("Location", "/v1/snapshots/" + made->id);
}

Response show_snapshot(Call const& call) {
    auto const* const maker = call.services.snapshots;
    auto const found =
        maker == nullptr ? std::nullopt : maker->find(call.request.path_value("snapshot"));
    if (!found) {
        throw Problem{
            ProblemKind::not_found,
            "this service has made no such snapshot since it was started; make another one"};
    }
    auto response = json_answer(200, snapshot_json(*found));
    if (found->state == MadeSnapshot::State::running) {
        response.wait = wanted_wait(call.request);
        response.with("Retry-After", "1");
    }
    return response;
}

} // namespace stemlathe::service
