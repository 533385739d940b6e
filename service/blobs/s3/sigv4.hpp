#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// AWS Signature Version 4 as S3 wants it.
/// Source: Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)".
namespace stemlathe::service {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

struct S3Credentials {
    std::string key_id{};
    std::string secret{};
    std::string session_token{}; ///< empty: these are not temporary
};

/// Everything of a request that is signed.
struct SigV4Request {
    std::string method = "GET";
    std::string path = "/";    ///< absolute, as it is meant: not encoded
    NamedTexts query{};        ///< not encoded
    NamedTexts fields{};       ///< `host` and every other that is sent and is to be signed
    std::string body_sha256{}; ///< hexadecimal, or UNSIGNED-PAYLOAD
};

/// Where and when a signature counts.
struct SigV4Scope {
    std::chrono::sys_seconds at{};
    std::string region = "us-east-1";
    std::string service = "s3";
};

/// "20130524T000000Z"
[[nodiscard]] std::string amz_date(std::chrono::sys_seconds at);

/// RFC 3986 as AWS reads it: letters, digits and -._~ stay. @param keep  '/' in paths
[[nodiscard]] std::string uri_encoded(std::string_view text, std::string_view keep = "");

/// "a=1&b=%20", by encoded names and values.
[[nodiscard]] std::string canonical_query(NamedTexts const& query);

[[nodiscard]] std::string canonical_request(SigV4Request const& request);

[[nodiscard]] std::string string_to_sign(SigV4Request const& request, SigV4Scope const& scope);

/// The value of the Authorization field.
[[nodiscard]] std::string authorization(
    SigV4Request const& request, SigV4Scope const& scope, S3Credentials const& credentials
);

/// The query of an address that anybody may use for `valid` (1 s to 7 days): what `request.query`
/// holds, and the signature. The body is not signed.
[[nodiscard]] std::string presigned_query(
    SigV4Request request,
    SigV4Scope const& scope,
    S3Credentials const& credentials,
    std::chrono::seconds valid
);

} // namespace stemlathe::service
