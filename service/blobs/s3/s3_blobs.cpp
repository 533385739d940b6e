#include "service/blobs/s3/s3_blobs.hpp"

#include "kernels/base/failure.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

/// Others may put things into the bucket, too.
bool names_a_digest(std::string_view name) {
    return name.size() == 64 &&
           name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

std::string s3_key_of(std::string const& digest) {
    return "cas/" + digest.substr(0, 2) + "/" + digest.substr(2, 2) + "/" + digest;
}

Failure damaged_in_bucket(std::string const& digest, std::string_view what) {
    return {
        Code::storage_failed,
        fmt::format(
            "{} is damaged in the bucket: {}; restore it from a backup", s3_key_of(digest), what
        )};
}

std::string s3_installation(S3Bucket& bucket) {
    auto const name = bucket.text("installation");
    return name ? name->substr(0, name->find('\n')) : "";
}

bool S3Blobs::has(std::string const& digest, std::int64_t bytes) const {
    auto const found = bucket_.find(s3_key_of(digest));
    return found && found->bytes == bytes;
}

void S3Blobs::read(
    std::string const& digest,
    std::int64_t bytes,
    std::function<void(std::span<std::byte const>)> const& take
) const {
    auto const key = s3_key_of(digest);
    auto const found = bucket_.find(key);
    if (found && found->bytes != bytes) {
        throw damaged_in_bucket(
            digest, fmt::format("it has {} bytes and should have {}", found->bytes, bytes)
        );
    }
    auto const take_part = [&](std::string_view part) {
        take(std::as_bytes(std::span{part}));
    };
    if (!found || !bucket_.fetch(key, bytes, take_part)) {
        throw Failure{Code::not_found, fmt::format("there is no {} in the bucket", key)};
    }
}

std::vector<std::string> S3Blobs::older_than(std::chrono::milliseconds grace) const {
    std::vector<std::string> digests;
    for (auto const& object : bucket_.list("cas/")) {
        auto const name = object.key.substr(object.key.rfind('/') + 1);
        if (names_a_digest(name) && object.key == s3_key_of(name) && object.age > grace) {
            digests.push_back(name);
        }
    }
    return digests;
}

} // namespace stemlathe::service
