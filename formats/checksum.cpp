#include "formats/checksum.hpp"

#include "formats/file.hpp"
#include "kernels/base/assert.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <vector>

namespace stemlathe {

void Sha256::Deleter::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    STEMLATHE_ASSERT(context_ != nullptr);
    STEMLATHE_ASSERT(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}

void Sha256::update(std::span<std::byte const> bytes) {
    STEMLATHE_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::finish() {
    std::array<unsigned char, 32> digest{};
    STEMLATHE_ASSERT(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
    std::string hex;
    hex.reserve(2 * digest.size());
    for (unsigned char const value : digest) {
        fmt::format_to(std::back_inserter(hex), "{:02x}", value);
    }
    return hex;
}

std::string sha256_of_file(std::filesystem::path const& path) {
    constexpr std::size_t kBlockBytes = 1U << 20U;
    auto const file = formats::File::open(path);
    std::vector<std::byte> block(kBlockBytes);
    Sha256 sum;
    std::int64_t offset = 0;
    for (;;) {
        std::size_t const got = file.read_at(block, offset);
        if (got == 0) {
            return sum.finish();
        }
        sum.update({block.data(), got});
        offset += static_cast<std::int64_t>(got);
    }
}

} // namespace stemlathe
