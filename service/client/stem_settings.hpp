#pragma once

#include "host/model/session.hpp"
#include "service/client/remote.hpp"
#include "service/client/steps.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

/// The files of a session once the service has them. Private to service/client.
namespace stemlathe::service {

/// Waits until every file has been looked at. @returns their documents
/// @throws RemoteFailure nothing moves
[[nodiscard]] std::vector<boost::json::object>
wait_for_probes(Remote& remote, std::string const& session, Steps& steps);

/// @throws Failure{intake_refused} a file was rejected, and why; with `force` only where no stem is
/// left
void refuse_rejected(std::vector<boost::json::object> const& stems, bool force);

/// Tells the service what session.toml says of a stem, where it thinks otherwise.
void set_up_stem(
    Remote& remote,
    std::string const& session,
    Stem const& stem,
    std::vector<boost::json::object> const& stems
);

} // namespace stemlathe::service
