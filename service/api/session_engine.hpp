#pragma once

#include "service/jobs/job_types.hpp"
#include "service/store/database.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// A session keeps the engine (host/engine_generation.hpp) of its first finished render, so that an
/// upgrade between two revisions changes nothing that nobody asked for.
namespace stemlathe::service {

/// What new revisions of the session are to be made with; nothing where none is finished.
[[nodiscard]] std::optional<std::int64_t>
engine_of_session(Database& database, std::string const& session);

/// A render of the session has succeeded. Where its engine is another than that of the revisions
/// before, the session goes over to it, and says so: an entry `/engine` in the render's changes and
/// the event "session.engine_changed". Within the transaction of the end.
/// @param render  its id, `revision` its number
void note_engine(
    Database& database, JobEnd const& end, std::string const& render, std::int64_t revision
);

} // namespace stemlathe::service
