#pragma once

#include "service/blobs/scrub.hpp"

#include <boost/json/array.hpp>

#include <vector>

namespace stemlathe::service {

/// Prints each damaged or missing blob and what needs it.
void print_faults(std::vector<BlobFault> const& faults);

[[nodiscard]] boost::json::array faults_json(std::vector<BlobFault> const& faults);

} // namespace stemlathe::service
