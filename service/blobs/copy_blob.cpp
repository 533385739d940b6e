#include "service/blobs/copy_blob.hpp"

#include "service/blobs/file_calls.hpp"
#include "service/store/ids.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace stemlathe::service {

namespace {

bool has(BlobStore const& store, std::string const& digest, std::int64_t bytes) {
    try {
        static_cast<void>(store.open(digest, bytes));
        return true;
    } catch (Failure const& failure) {
        if (failure.code() != Code::not_found && failure.code() != Code::storage_failed) {
            throw;
        }
        return false; // not there, or of another size: then it is replaced
    }
}

} // namespace

bool copy_blob(
    BlobStore const& from, BlobStore& to, std::string const& digest, std::int64_t bytes
) {
    if (has(to, digest, bytes)) {
        return false;
    }
    auto const source = from.open(digest, bytes);
    auto const copy = to.workshop() / make_id("copy");
    auto const copied = copy_hashed(*source, copy);
    if (copied.digest != digest) {
        ::unlink(copy.c_str());
        throw Failure{
            Code::storage_failed,
            fmt::format(
                "the blob {} does not have its bytes any more: they hash to {}",
                digest,
                copied.digest
            )}
            .about_file(digest);
    }
    static_cast<void>(to.publish(copy));
    return true;
}

} // namespace stemlathe::service
