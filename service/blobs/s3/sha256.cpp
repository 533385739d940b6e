#include "service/blobs/s3/sha256.hpp"

#include "kernels/base/failure.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace stemlathe::service {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

unsigned char const* unsigned_bytes(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

std::string text_of(std::array<unsigned char, EVP_MAX_MD_SIZE> const& bytes, unsigned length) {
    return {reinterpret_cast<char const*>(bytes.data()), length};
}

Failure no_digest() {
    return {Code::internal, "OpenSSL cannot compute SHA-256"};
}

} // namespace

std::string sha256(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
        throw no_digest();
    }
    return text_of(digest, length);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    auto const* const made = HMAC(
        EVP_sha256(),
        key.data(),
        static_cast<int>(key.size()),
        unsigned_bytes(text),
        text.size(),
        digest.data(),
        &length
    );
    if (made == nullptr) {
        throw no_digest();
    }
    return text_of(digest, length);
}

std::string hexadecimal(std::string_view bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (char const byte : bytes) {
        auto const value = static_cast<unsigned char>(byte);
        text += kDigits[value >> 4U];
        text += kDigits[value & 15U];
    }
    return text;
}

std::string bytes_of(std::string_view hexadecimal) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2) {
        auto const high = kDigits.find(hexadecimal[i]);
        auto const low = kDigits.find(hexadecimal[i + 1]);
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0'); // OpenSSL ends it with a zero
    auto* const into = reinterpret_cast<unsigned char*>(text.data());
    auto const length =
        EVP_EncodeBlock(into, unsigned_bytes(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

} // namespace stemlathe::service
