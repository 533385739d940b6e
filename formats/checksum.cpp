#include "formats/checksum.hpp"

#include "formats/file.hpp"
#include "kernels/base/assert.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <functional>
#include <iterator>
#include <vector>

namespace stemlathe {

namespace {

/// Hands a file's bytes over, block by block.
void read_whole(
    std::filesystem::path const& path, std::function<void(std::span<std::byte const>)> const& take
) {
    constexpr std::size_t kBlockBytes = 1U << 20U;
    auto const file = formats::File::open(path);
    std::vector<std::byte> block(kBlockBytes);
    std::int64_t offset = 0;
    for (;;) {
        std::size_t const got = file.read_at(block, offset);
        if (got == 0) {
            return;
        }
        take({block.data(), got});
        offset += static_cast<std::int64_t>(got);
    }
}

} // namespace

void Digest::Deleter::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

Digest::Digest(Kind kind) : context_(EVP_MD_CTX_new()) {
    STEMLATHE_ASSERT(context_ != nullptr);
    auto const* const algorithm = kind == Kind::md5 ? EVP_md5() : EVP_sha256();
    if (EVP_DigestInit_ex(context_.get(), algorithm, nullptr) != 1) {
        throw Failure{
            Code::internal,
            fmt::format(
                "this system's OpenSSL does not offer {}, which deliveries need; allow it there",
                kind == Kind::md5 ? "MD5" : "SHA-256"
            )};
    }
}

void Digest::update(std::span<std::byte const> bytes) {
    STEMLATHE_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string Digest::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    STEMLATHE_ASSERT(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    std::string hex;
    hex.reserve(2 * std::size_t{size});
    for (unsigned char const value : std::span{digest}.first(size)) {
        fmt::format_to(std::back_inserter(hex), "{:02x}", value);
    }
    return hex;
}

Checksums checksums_of(std::span<std::byte const> bytes) {
    Sha256 sha256;
    Digest md5{Digest::Kind::md5};
    sha256.update(bytes);
    md5.update(bytes);
    return {.sha256 = sha256.finish(), .md5 = md5.finish()};
}

Checksums checksums_of_file(std::filesystem::path const& path) {
    Sha256 sha256;
    Digest md5{Digest::Kind::md5};
    read_whole(path, [&](std::span<std::byte const> bytes) {
        sha256.update(bytes);
        md5.update(bytes);
    });
    return {.sha256 = sha256.finish(), .md5 = md5.finish()};
}

std::string sha256_of_text(std::string_view text) {
    Sha256 sum;
    sum.update(std::as_bytes(std::span{text}));
    return sum.finish();
}

std::string sha256_of_file(std::filesystem::path const& path) {
    Sha256 sum;
    read_whole(path, [&](std::span<std::byte const> bytes) { sum.update(bytes); });
    return sum.finish();
}

} // namespace stemlathe
