#pragma once

#include "formats/jail/probe.hpp"
#include "host/model/session.hpp"

#include <string>
#include <vector>

/// What the probe of one file says in the words of intake (contract, section 3). The job's own
/// intake says the rest, which needs all stems together.
namespace stemlathe::service {

/// @param kind  stem, reference_mix or reference
[[nodiscard]] std::vector<Finding>
findings_of(ProbeResult const& probe, std::string const& kind, std::string const& filename);

} // namespace stemlathe::service
