#include "service/api/small_file.hpp"

#include "kernels/base/failure.hpp"

#include <unistd.h>

namespace stemlathe::service {

namespace {

constexpr std::size_t kBytesMax = std::size_t{16} << 20U;
constexpr std::size_t kStep = std::size_t{64} << 10U;

} // namespace

std::string read_small_file(int descriptor) {
    std::string text;
    while (text.size() < kBytesMax) {
        auto const had = text.size();
        text.resize(had + kStep);
        auto const count = pread(descriptor, text.data() + had, kStep, static_cast<off_t>(had));
        if (count < 0) {
            throw Failure{Code::storage_failed, "a stored file could not be read"};
        }
        text.resize(had + static_cast<std::size_t>(count));
        if (count == 0) {
            return text;
        }
    }
    throw Failure{Code::storage_failed, "a stored file is larger than it can be"};
}

} // namespace stemlathe::service
