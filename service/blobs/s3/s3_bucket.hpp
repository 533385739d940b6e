#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/blobs/s3/s3_client.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

struct S3Object {
    std::string key{};
    std::int64_t bytes = 0;
    std::chrono::milliseconds age{}; ///< by the bucket's own clock
};

/// What a blob store needs of a bucket. Keys are given without the prefix.
/// Every call @throws Failure{storage_failed} with the bucket's own words.
class S3Bucket {
  public:
    explicit S3Bucket(S3Settings settings) : client_{std::move(settings)} {}

    /// The bucket compares what came with the digests that are sent along.
    /// @param only_if_missing  where the bucket heeds If-None-Match
    /// @returns false: there is one already, and it stays
    bool put(std::string const& key, std::string body, bool only_if_missing);

    /// The same for a file of any size, in parts where it is large. Nothing of it is left behind
    /// where it fails, but by a kill: have the bucket drop unfinished uploads after two days.
    bool put_file(std::string const& key, int descriptor, std::int64_t bytes, bool only_if_missing);

    [[nodiscard]] std::optional<S3Object> find(std::string const& key, Haste haste = Haste::none);

    /// All of the object, in order. @returns false: there is none
    [[nodiscard]] bool fetch(
        std::string const& key,
        std::int64_t bytes,
        std::function<void(std::string_view bytes)> const& take,
        Haste haste = Haste::none
    );

    /// Whether the last who asked gave up.
    [[nodiscard]] bool is_away() const noexcept {
        return client_.is_away();
    }

    /// A small object.
    [[nodiscard]] std::optional<std::string> text(std::string const& key);

    /// Nothing happens where there is none.
    void erase(std::string const& key);

    /// Everything whose key begins so.
    [[nodiscard]] std::vector<S3Object> list(std::string const& beginning);

  private:
    [[nodiscard]] std::string full(std::string const& key) const {
        return client_.settings().prefix + key;
    }

    bool
    put_parts(std::string const& key, int descriptor, std::int64_t bytes, bool only_if_missing);
    /// @returns false: the bucket still has the parts; its own rule clears up
    bool drop_parts(std::string const& key, std::string const& id);
    [[nodiscard]] std::string
    send_parts(std::string const& key, std::string const& id, int descriptor, std::int64_t bytes);
    bool complete(
        std::string const& key, std::string const& id, std::string parts, bool only_if_missing
    );

    S3Client client_;
};

} // namespace stemlathe::service
