#pragma once

#include "kernels/base/failure.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace stemlathe::service {

/// The place where blobs are kept does not answer, or refuses to: nothing is known of the blob.
class StoreUnavailable : public Failure {
  public:
    explicit StoreUnavailable(std::string const& sentence)
        : Failure{Code::storage_failed, sentence} {}
};

/// Blobs as they are kept, without copies of them: for whoever checks all of them or takes them
/// elsewhere. From any thread. Every call @throws StoreUnavailable.
class BlobSource {
  public:
    BlobSource() = default;
    BlobSource(BlobSource const&) = delete;
    BlobSource& operator=(BlobSource const&) = delete;
    virtual ~BlobSource() = default;

    /// Whether the blob is there with its size; nothing of it is read.
    [[nodiscard]] virtual bool has(std::string const& digest, std::int64_t bytes) const = 0;

    /// All of its bytes, in order, as they lie there: whether they are right is for `take` to say.
    /// @throws Failure{not_found} there is no such blob; {storage_failed} it cannot be read, or its
    /// size is another; what `take` throws
    virtual void read(
        std::string const& digest,
        std::int64_t bytes,
        std::function<void(std::span<std::byte const>)> const& take
    ) const = 0;

    /// Digests of the blobs that were published longer than `grace` ago, in their order.
    [[nodiscard]] virtual std::vector<std::string> older_than(std::chrono::milliseconds grace
    ) const = 0;
};

} // namespace stemlathe::service
