#include "service/uploads/chunk_hash.hpp"

#include "kernels/base/assert.hpp"

#include <openssl/evp.h>

#include <array>

namespace stemlathe::service {

void ChunkHash::Deleter::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

ChunkHash::ChunkHash(std::string_view algorithm) : context_{EVP_MD_CTX_new()} {
    auto const* const digest = algorithm == "sha1" ? EVP_sha1() : EVP_sha256();
    STEMLATHE_ASSERT(context_ && EVP_DigestInit_ex(context_.get(), digest, nullptr) == 1);
}

void ChunkHash::update(std::span<std::byte const> bytes) {
    STEMLATHE_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string ChunkHash::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    STEMLATHE_ASSERT(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    return {reinterpret_cast<char const*>(digest.data()), size};
}

} // namespace stemlathe::service
