#include "service/store/boot_id.hpp"

#include "kernels/base/failure.hpp"

#include <fstream>

namespace stemlathe::service {

std::string boot_id() {
    constexpr char const* kPath = "/proc/sys/kernel/random/boot_id";
    std::ifstream file{kPath};
    std::string id;
    if (!(file >> id)) {
        throw Failure{
            Code::storage_failed, std::string{"cannot read "} + kPath + "; is /proc mounted?"}
            .about_file(kPath);
    }
    return id;
}

} // namespace stemlathe::service
