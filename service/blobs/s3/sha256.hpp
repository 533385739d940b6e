#pragma once

#include <string>
#include <string_view>

/// Digests of texts that fit in memory. Private to service/blobs/s3.
namespace stemlathe::service {

/// 32 bytes.
[[nodiscard]] std::string sha256(std::string_view text);

/// 32 bytes. Source: RFC 2104.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

/// Lower case.
[[nodiscard]] std::string hexadecimal(std::string_view bytes);

/// The bytes of lower-case hexadecimal digits.
[[nodiscard]] std::string bytes_of(std::string_view hexadecimal);

/// RFC 4648, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

} // namespace stemlathe::service
