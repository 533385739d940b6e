#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/jobs/job_queue.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <vector>

namespace stemlathe::service {

/// Publishes everything that an executor left in `out`, after it was held against what it said.
/// @param result  what it said (executor/result_json.hpp)
/// @throws Failure{internal} a file is no plain file, is missing, or is another than was said;
/// {storage_full, storage_failed}
[[nodiscard]] std::vector<Output> publish_outputs(
    BlobStore& blobs, std::filesystem::path const& out, boost::json::object const& result
);

} // namespace stemlathe::service
