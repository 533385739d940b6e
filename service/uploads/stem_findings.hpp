#pragma once

#include "formats/jail/probe.hpp"
#include "formats/media.hpp"
#include "host/model/session.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <vector>

/// What the probe of one file says in the words of intake (contract, section 3). The job's own
/// intake says the rest, which needs all stems together.
namespace stemlathe::service {

/// The finding of a file that is no audio that can be used.
[[nodiscard]] Finding finding_of(MediaFailure const& failure, std::string const& filename);

/// @param kind  stem, reference_mix or reference
[[nodiscard]] std::vector<Finding>
findings_of(ProbeResult const& probe, std::string const& kind, std::string const& filename);

[[nodiscard]] boost::json::array findings_json(std::vector<Finding> const& findings);

} // namespace stemlathe::service
