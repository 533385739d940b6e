#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/store/database.hpp"
#include "service/uploads/upload_rows.hpp"

#include <string>
#include <vector>

/// What a complete upload becomes in the database. All within the caller's transaction.
namespace stemlathe::service {

/// Puts the upload's file into its session. An older file of the same kind and name is deleted and
/// its bytes given back; what was set for it (role, priority, offset, mute) holds for the new one.
/// Audio is "probing" and a job of kind probe waits for a worker; an attachment is ready at once.
/// @returns false: the session is not there any more
/// @throws QueueFull
[[nodiscard]] bool
arrive(Database& database, JobQueue& queue, Upload const& upload, Blob const& blob);

/// Ids of the partial uploads that a final one is made of, in order; none of any other.
[[nodiscard]] std::vector<std::string> parts_of(Upload const& upload);

/// The parts of a final upload are used up: their bytes are given back.
void end_parts(Database& database, Upload const& upload);

} // namespace stemlathe::service
