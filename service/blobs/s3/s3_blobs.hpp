#pragma once

#include "service/blobs/blob_source.hpp"
#include "service/blobs/s3/s3_bucket.hpp"

#include <string>

namespace stemlathe::service {

/// Where a blob lies: "cas/ab/cd/<digest>", below the prefix.
[[nodiscard]] std::string s3_key_of(std::string const& digest);

/// "cas/... is damaged in the bucket: ..."
[[nodiscard]] Failure damaged_in_bucket(std::string const& digest, std::string_view what);

/// The name in the bucket's object "installation"; empty where there is none.
[[nodiscard]] std::string s3_installation(S3Bucket& bucket);

/// The blobs of a bucket, without a disk of one's own.
class S3Blobs : public BlobSource {
  public:
    explicit S3Blobs(S3Settings settings) : bucket_{std::move(settings)} {}

    [[nodiscard]] bool has(std::string const& digest, std::int64_t bytes) const override;
    void read(
        std::string const& digest,
        std::int64_t bytes,
        std::function<void(std::span<std::byte const>)> const& take
    ) const override;
    [[nodiscard]] std::vector<std::string> older_than(std::chrono::milliseconds grace
    ) const override;

    [[nodiscard]] std::string installation() const {
        return s3_installation(bucket_);
    }

    [[nodiscard]] S3Bucket& bucket() const noexcept {
        return bucket_;
    }

  private:
    mutable S3Bucket bucket_;
};

} // namespace stemlathe::service
