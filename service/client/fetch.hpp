#pragma once

#include "service/client/remote.hpp"
#include "service/client/steps.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace stemlathe::service {

/// What lies in OUT afterwards, relative names, in the order they came.
struct Fetched {
    std::vector<std::string> files{};
    std::vector<std::string> withheld{}; ///< the caller may have them after the approval
};

/// Puts a finished render's files under `out`, named as `stemlathe master` names them: each whole
/// and with the right SHA-256, or not at all; manifest.json last. Files that are there already and
/// right are not fetched again. Where the files are not released yet, the reports come alone.
/// @param render  its document
/// @throws RemoteFailure a name would lie outside `out`; as download_file
Fetched fetch_render(
    Remote& remote,
    boost::json::object const& render,
    std::filesystem::path const& out,
    Steps& steps
);

} // namespace stemlathe::service
