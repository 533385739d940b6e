#pragma once

#include "service/jobs/job_types.hpp"
#include "service/server/settings.hpp"
#include "service/store/database.hpp"

#include <filesystem>
#include <string>

/// What `serve` and `worker` set up alike on the machine they run on.
namespace stemlathe::service {

/// Makes a folder of the service's, for nobody else to read.
/// @throws Failure{storage_failed} it cannot be made
std::filesystem::path made_folder(std::filesystem::path const& folder);

/// The machine's own name.
[[nodiscard]] std::string host_name();

/// The worker's settings with a name of its own. Executors put aside in the data folder where the
/// files lie elsewhere: that may be a network away.
[[nodiscard]] AgentSettings named_agent(ServerSettings const& settings);

/// The folder for the blob store, made where it is missing. Where several processes share a
/// database it is held against what the first of them found: its file "installation" and the
/// database have one name between them, so that nobody takes an empty mount point, or the files of
/// another house, for those that the database speaks of.
/// @throws Failure{invalid_argument} it is another folder; {storage_full, storage_failed}
[[nodiscard]] std::filesystem::path
files_folder(Database& database, ServerSettings const& settings);

/// What the end of a job means to everything else; for JobQueue.
void end_job(Database& database, JobEnd const& end);

} // namespace stemlathe::service
