#include "service/api/snapshots.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"

#include <filesystem>

namespace stemlathe::service {

Preparation make_snapshot(Call const& call) {
    if (!call.services.make_snapshot) {
        throw Problem{
            ProblemKind::conflict,
            "the store is a PostgreSQL, which needs no snapshot: give stemlathe backup the "
            "stemlathe.toml that names it"};
    }
    return [make = call.services.make_snapshot](std::string const& /*body*/) {
        return make();
    };
}

Response create_snapshot(Call const& call) {
    auto const& file = call.request.prepared;
    auto const id = std::filesystem::path{file}.stem().string();
    note_action(call, {.action = "snapshot.created", .subject = id, .client = std::string{kHouse}});
    return json_answer(201, {{"id", id}, {"file", file}});
}

} // namespace stemlathe::service
