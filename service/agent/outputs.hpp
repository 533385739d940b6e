#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/jobs/job_queue.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace stemlathe::service {

/// Publishes everything that an executor left in `out`, after it was held against what it said.
/// @param result  what it said (executor/result_json.hpp)
/// @throws Failure{internal} a file is no plain file, is missing, or is another than was said;
/// {storage_full, storage_failed}
[[nodiscard]] std::vector<Output> publish_outputs(
    BlobStore& blobs, std::filesystem::path const& out, boost::json::object const& result
);

/// What a browser is to play before anything is released: the streaming master, without one the
/// first delivery that is a single file. Relative to `out`; empty: single stems alone were made.
/// @param result  as above
/// @throws Failure{internal} it has no deliveries
[[nodiscard]] std::string review_source(boost::json::object const& result);

} // namespace stemlathe::service
