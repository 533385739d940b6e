#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace stemlathe {

/// A checksum of a stream of bytes.
class Digest {
  public:
    enum class Kind : std::uint8_t {
        sha256, ///< FIPS 180-4
        md5,    ///< RFC 1321: what plants and archives compare, no guard against forgery
    };

    /// @throws Failure{internal} this system's OpenSSL forbids the kind
    explicit Digest(Kind kind);
    Digest(Digest&&) noexcept = default;
    Digest& operator=(Digest&&) noexcept = default;
    Digest(Digest const&) = delete;
    Digest& operator=(Digest const&) = delete;
    ~Digest() = default;

    void update(std::span<std::byte const> bytes);

    /// Lower-case hexadecimal digits: 64 of SHA-256, 32 of MD5. Ends the stream: call once.
    [[nodiscard]] std::string finish();

  private:
    struct Deleter {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };

    std::unique_ptr<evp_md_ctx_st, Deleter> context_;
};

/// SHA-256 of a stream of bytes.
class Sha256 : public Digest {
  public:
    Sha256() : Digest(Kind::sha256) {}
};

/// What a delivered file's bytes are known by.
struct Checksums {
    std::string sha256{};
    std::string md5{};
};

[[nodiscard]] Checksums checksums_of(std::span<std::byte const> bytes);

/// Both of a whole file, which is read once.
/// @throws as sha256_of_file
[[nodiscard]] Checksums checksums_of_file(std::filesystem::path const& path);

/// SHA-256 of a text, 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_of_text(std::string_view text);

/// SHA-256 of a whole file, 64 lower-case hexadecimal digits.
/// @throws Failure{not_found, unreadable, storage_failed}
[[nodiscard]] std::string sha256_of_file(std::filesystem::path const& path);

} // namespace stemlathe
