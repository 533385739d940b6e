#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/jobs/job_types.hpp"
#include "service/store/database.hpp"

#include <filesystem>
#include <stop_token>
#include <string>

/// The check of a file that was uploaded: a job of kind probe.
namespace stemlathe::service {

/// Looks at the blob that the job's spec names, in a locked process (formats/jail): what it is, and
/// whether it can be mastered. Any thread; takes as long as decoding the file once.
/// @param spec  as stem_arrival.cpp writes it
/// @returns the job's result: {"state": "ready|rejected", "media": {...} | null, "findings": [...],
/// "role": "vocals" | null}. A file that cannot be used is a result, not a failure.
/// @throws Failure{not_found, storage_failed} the blob; {internal, out_of_memory} the jail;
/// {cancelled} it was asked to stop
[[nodiscard]] std::string
probe_stem(std::string const& spec, BlobStore const& blobs, std::stop_token const& stop = {});

/// What the end of a probe means to its stem: "ready" or "rejected", with the event; a session
/// whose stems are all ready is ready too. In the transaction in which the job ends (JobQueue's
/// OnJobEnd; ends of other kinds are left alone). A stem that was replaced meanwhile is left alone.
void end_probe(Database& database, JobEnd const& end);

} // namespace stemlathe::service
