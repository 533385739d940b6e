#pragma once

#include "service/jobs/job_types.hpp"
#include "service/store/database.hpp"

namespace stemlathe::service {

/// What the end of a render or an analysis means for its session: an event; a finished revision
/// resolves the comments of its round and is up for review; an analysis leaves the plan that it
/// suggests. For JobQueue's OnJobEnd; jobs of other kinds are left alone.
void end_work(Database& database, JobEnd const& end);

} // namespace stemlathe::service
