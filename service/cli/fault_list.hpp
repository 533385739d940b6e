#pragma once

#include "service/blobs/scrub.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <vector>

namespace stemlathe::service {

/// Prints each damaged or missing blob and what needs it.
void print_faults(std::vector<BlobFault> const& faults);

/// Prints the first of the files that nothing needs, and how many there are.
void print_unreferenced(std::vector<std::string> const& digests);

[[nodiscard]] boost::json::array faults_json(std::vector<BlobFault> const& faults);

} // namespace stemlathe::service
