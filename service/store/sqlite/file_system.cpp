#include "service/store/sqlite/file_system.hpp"

#include "kernels/base/failure.hpp"

#include <fmt/format.h>
#include <sys/statfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace stemlathe::service {

namespace {

struct Network {
    std::uint32_t type;
    std::string_view name;
};

/// Of linux/magic.h and the projects' own headers.
constexpr std::array kNetworks{
    Network{0x0000'6969, "NFS"},
    Network{0x0000'517B, "SMB"},
    Network{0xFE53'4D42, "SMB2"},
    Network{0xFF53'4D42, "CIFS"},
    Network{0x6573'5546, "FUSE"},
    Network{0x5346'414F, "AFS"},
    Network{0x7375'7245, "Coda"},
    Network{0x0102'1997, "9P"},
    Network{0x00C3'6400, "Ceph"},
    Network{0x0BD0'0BD0, "Lustre"},
    Network{0x4750'4653, "GPFS"},
    Network{0x1983'0326, "BeeGFS"},
    Network{0x786F'4256, "a VirtualBox share"},
};

} // namespace

std::string_view network_file_system(std::uint32_t type) noexcept {
    auto const found = std::ranges::find(kNetworks, type, &Network::type);
    return found == kNetworks.end() ? std::string_view{} : found->name;
}

void refuse_network_file_system(std::filesystem::path const& folder) {
    struct statfs status {};

    if (::statfs(folder.c_str(), &status) != 0) {
        throw Failure{
            Code::storage_failed,
            fmt::format(
                "cannot look at {}: {}", folder.string(), std::generic_category().message(errno)
            )}
            .about_file(folder.string());
    }
    auto const name = network_file_system(static_cast<std::uint32_t>(status.f_type));
    if (!name.empty()) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} lies on {}, where SQLite's locks do not hold; put the data folder on a local"
                " disk",
                folder.string(),
                name
            )}
            .about_file(folder.string());
    }
}

} // namespace stemlathe::service
