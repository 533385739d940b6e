#include "service/api/stored_file.hpp"

#include "kernels/base/failure.hpp"
#include "service/api/problem.hpp"
#include "service/log/log.hpp"

#include <unistd.h>

namespace stemlathe::service {

namespace {

constexpr std::size_t kBytesMax = std::size_t{16} << 20U;
constexpr std::size_t kStep = std::size_t{64} << 10U;
constexpr std::int64_t kAway_s = 15;

} // namespace

std::shared_ptr<int const> opened_soon(BlobStore const& blobs, StoredFile const& file) {
    try {
        return blobs.open_soon(file.digest, file.bytes);
    } catch (Failure const& failure) {
        if (failure.code() != Code::storage_failed) {
            throw;
        }
        // Addresses and paths of the house are for its log.
        log(LogLevel::error, "blob", {{"digest", file.digest}, {"error", failure.what()}});
        throw Problem{
            ProblemKind::unavailable,
            "the file cannot be read now: the store that keeps it does not answer or has it "
            "damaged; try again later"}
            .retry_after(kAway_s);
    }
}

std::string small_text(BlobStore const& blobs, StoredFile const& file) {
    auto const descriptor = opened_soon(blobs, file);
    std::string text;
    while (text.size() < kBytesMax) {
        auto const had = text.size();
        text.resize(had + kStep);
        auto const count = pread(*descriptor, text.data() + had, kStep, static_cast<off_t>(had));
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
