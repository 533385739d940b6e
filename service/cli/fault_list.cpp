#include "service/cli/fault_list.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::service {

void print_faults(std::vector<BlobFault> const& faults) {
    for (auto const& fault : faults) {
        fmt::print("{} ({} bytes): {}\n", fault.digest, fault.bytes, fault.sentence);
        for (auto const& reference : fault.references) {
            fmt::print("    needed: {}\n", reference);
        }
    }
}

void print_unreferenced(std::vector<std::string> const& digests) {
    constexpr std::size_t kShown = 20;
    if (digests.empty()) {
        return;
    }
    fmt::print("{} files are kept and needed by nothing:\n", digests.size());
    for (std::size_t i = 0; i < std::min(digests.size(), kShown); ++i) {
        fmt::print("    {}\n", digests[i]);
    }
    if (digests.size() > kShown) {
        fmt::print("    and others; --json names all\n");
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
