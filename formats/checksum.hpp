#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace stemlathe {

/// SHA-256 (FIPS 180-4) of a stream of bytes.
class Sha256 {
  public:
    Sha256();
    Sha256(Sha256&&) noexcept = default;
    Sha256& operator=(Sha256&&) noexcept = default;
    Sha256(Sha256 const&) = delete;
    Sha256& operator=(Sha256 const&) = delete;
    ~Sha256() = default;

    void update(std::span<std::byte const> bytes);

    /// 64 lower-case hexadecimal digits. Ends the stream: call once.
    [[nodiscard]] std::string finish();

  private:
    struct Deleter {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };

    std::unique_ptr<evp_md_ctx_st, Deleter> context_;
};

/// SHA-256 of a whole file, 64 lower-case hexadecimal digits.
/// @throws Failure{not_found, unreadable, storage_failed}
[[nodiscard]] std::string sha256_of_file(std::filesystem::path const& path);

} // namespace stemlathe
