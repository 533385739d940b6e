#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace stemlathe::service {

/// The checksum of a stretch of bytes as tus knows it: SHA-1 or SHA-256 (FIPS 180-4).
class ChunkHash {
  public:
    /// @param algorithm  "sha1" or "sha256"
    explicit ChunkHash(std::string_view algorithm);

    void update(std::span<std::byte const> bytes);

    /// The digest's bytes. Call once.
    [[nodiscard]] std::string finish();

  private:
    struct Deleter {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };

    std::unique_ptr<evp_md_ctx_st, Deleter> context_;
};

} // namespace stemlathe::service
