#pragma once

#include "service/http/message.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The words of tus 1.0.0 (tus.io/protocols/resumable-upload): fields of requests, read strictly.
namespace stemlathe::service {

inline constexpr std::string_view kTusVersion = "1.0.0";
inline constexpr std::string_view kTusExtensions =
    "creation,creation-with-upload,termination,checksum,concatenation,expiration";
inline constexpr std::string_view kTusAlgorithms = "sha1,sha256";
inline constexpr std::string_view kUploadsPath = "/v1/uploads";
inline constexpr std::size_t kMetadataBytesMax = 4096;

[[nodiscard]] bool is_upload_path(std::string_view path) noexcept;

/// What every answer below /v1/uploads says; a 412 also says which versions are spoken.
void speak_tus(Response& response);

/// @throws Problem{tus_version} the request speaks no tus 1.0.0
void check_tus_version(Request const& request);

/// The method that X-HTTP-Method-Override names for an upload, else the request's own. A HEAD stays
/// one: its answer must have no body, whatever else is asked.
/// @throws Problem{bad_request} there is no such method
[[nodiscard]] Method effective_method(Request const& request);

/// A field that is a whole number, 0 to 10^15. @throws Problem{bad_request} it is none, or missing
[[nodiscard]] std::int64_t whole_field(Request const& request, std::string_view name);

/// A body must say that it is a stretch of a file. @throws Problem{unsupported_media_type}
void check_chunk_type(Request const& request);

/// RFC 4648, 4, with its padding; nothing where it is not that.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

/// Upload-Metadata by its keys, values decoded.
/// @throws Problem{bad_request} a key comes twice or has a wrong letter, a value is not base64, or
/// the field is longer than 4 KiB
[[nodiscard]] std::map<std::string, std::string, std::less<>> parse_metadata(std::string_view field
);

/// What Upload-Checksum says of a request's body.
struct ChunkChecksum {
    std::string algorithm{}; ///< sha1, sha256
    std::string digest{};    ///< 20 or 32 bytes
};

/// @throws Problem{bad_request} the algorithm is unknown or the digest has another length
[[nodiscard]] std::optional<ChunkChecksum> checksum_of(Request const& request);

/// What Upload-Concat asks for.
struct ConcatWish {
    std::string kind = "whole";       ///< whole, partial, final
    std::vector<std::string> parts{}; ///< final: ids of the partial uploads, in order
};

/// @throws Problem{bad_request} it is neither "partial" nor "final;" with addresses of uploads
[[nodiscard]] ConcatWish parse_concat(std::string_view field);

} // namespace stemlathe::service
