#include "service/cli/fault_list.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

void print_faults(std::vector<BlobFault> const& faults) {
    for (auto const& fault : faults) {
        fmt::print("{} ({} bytes): {}\n", fault.digest, fault.bytes, fault.sentence);
        for (auto const& reference : fault.references) {
            fmt::print("    needed: {}\n", reference);
        }
    }
}

boost::json::array faults_json(std::vector<BlobFault> const& faults) {
    boost::json::array list;
    for (auto const& fault : faults) {
        list.push_back(
            {{"sha256", fault.digest},
             {"bytes", fault.bytes},
             {"message", fault.sentence},
             {"references", boost::json::array(fault.references.begin(), fault.references.end())}}
        );
    }
    return list;
}

} // namespace stemlathe::service
