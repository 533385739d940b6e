#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/jobs/job_types.hpp"
#include "service/server/settings.hpp"
#include "service/store/database.hpp"

#include <filesystem>
#include <memory>
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

/// Where audio lies: a folder, made where it is missing, or a bucket. A folder that several
/// processes may share, and every bucket, is held against what the first of them found: its file
/// "installation" and the database have one name between them, so that nobody takes an empty mount
/// point, or the files of another house, for those that the database speaks of.
/// @throws Failure{invalid_argument} these are other files; {storage_full, storage_failed}
[[nodiscard]] std::unique_ptr<BlobStore>
open_files(Database& database, ServerSettings const& settings);

/// Where open uploads lie, made where it is missing: `[uploads] dir`, else nothing, and they lie
/// beside the files. @throws Failure{storage_failed}
[[nodiscard]] std::filesystem::path open_uploads_folder(ServerSettings const& settings);

/// What the end of a job means to everything else; for JobQueue.
void end_job(Database& database, JobEnd const& end);

/// Where nobody else works on the database, what an engine before this one left is not waited for.
void forget_other_engines(Database& database);

} // namespace stemlathe::service
