#include "tests/fuzz/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace stemlathe::test {

MemoryFile::MemoryFile(std::span<std::uint8_t const> bytes)
    : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)),
      path_("/proc/self/fd/" + std::to_string(descriptor_)) {
    bool whole = descriptor_ >= 0;
    while (whole && !bytes.empty()) {
        auto const put = ::write(descriptor_, bytes.data(), bytes.size());
        whole = put > 0;
        bytes = bytes.subspan(whole ? static_cast<std::size_t>(put) : 0);
    }
    if (!whole) {
        throw std::system_error{errno, std::generic_category(), "memfd"};
    }
}

MemoryFile::~MemoryFile() {
    ::close(descriptor_);
}

} // namespace stemlathe::test
