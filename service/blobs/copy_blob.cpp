#include "service/blobs/copy_blob.hpp"

#include "service/blobs/file_calls.hpp"
#include "service/store/ids.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace stemlathe::service {

bool copy_blob(
    BlobSource const& from, BlobStore& to, std::string const& digest, std::int64_t bytes
) {
    if (to.has(digest, bytes)) {
        return false;
    }
    auto const copy = to.workshop() / make_id("copy");
    auto const copied =
        write_hashed([&](auto const& take) { from.read(digest, bytes, take); }, copy);
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
