#include "service/blobs/s3/sigv4.hpp"

#include "service/blobs/s3/sha256.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace stemlathe::service {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kUnsigned = "UNSIGNED-PAYLOAD";

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

/// Without blanks at its ends, and with one where there were several.
std::string with_single_blanks(std::string_view text) {
    std::string single;
    for (char const c : text) {
        bool const is_blank = c == ' ' || c == '\t';
        if (!is_blank) {
            single += c;
        } else if (!single.empty() && single.back() != ' ') {
            single += ' ';
        }
    }
    if (single.ends_with(' ')) {
        single.pop_back();
    }
    return single;
}

/// By lower-case name.
std::map<std::string, std::string> canonical_fields(NamedTexts const& fields) {
    std::map<std::string, std::string> canonical;
    for (auto const& [name, value] : fields) {
        canonical[lower_case(name)] = with_single_blanks(value);
    }
    return canonical;
}

std::string signed_names(NamedTexts const& fields) {
    std::string names;
    for (auto const& [name, value] : canonical_fields(fields)) {
        names += (names.empty() ? "" : ";") + name;
    }
    return names;
}

std::string scope_text(SigV4Scope const& scope) {
    return fmt::format(
        "{}/{}/{}/aws4_request", amz_date(scope.at).substr(0, 8), scope.region, scope.service
    );
}

std::string signature_of(
    SigV4Request const& request, SigV4Scope const& scope, S3Credentials const& credentials
) {
    auto key = hmac_sha256("AWS4" + credentials.secret, amz_date(scope.at).substr(0, 8));
    for (std::string_view const part :
         {std::string_view{scope.region},
          std::string_view{scope.service},
          std::string_view{"aws4_request"}}) {
        key = hmac_sha256(key, part);
    }
    return hexadecimal(hmac_sha256(key, string_to_sign(request, scope)));
}

} // namespace

std::string amz_date(std::chrono::sys_seconds at) {
    return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
}

std::string uri_encoded(std::string_view text, std::string_view keep) {
    std::string encoded;
    for (char const c : text) {
        bool const is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool const is_plain = is_letter || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                              c == '_' || c == '~' || keep.find(c) != std::string_view::npos;
        encoded +=
            is_plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

std::string canonical_query(NamedTexts const& query) {
    NamedTexts encoded;
    for (auto const& [name, value] : query) {
        encoded.emplace_back(uri_encoded(name), uri_encoded(value));
    }
    std::ranges::sort(encoded);
    std::string text;
    for (auto const& [name, value] : encoded) {
        text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
    }
    return text;
}

std::string canonical_request(SigV4Request const& request) {
    std::string fields;
    for (auto const& [name, value] : canonical_fields(request.fields)) {
        fields += fmt::format("{}:{}\n", name, value);
    }
    return fmt::format(
        "{}\n{}\n{}\n{}\n{}\n{}",
        request.method,
        uri_encoded(request.path, "/"),
        canonical_query(request.query),
        fields,
        signed_names(request.fields),
        request.body_sha256
    );
}

std::string string_to_sign(SigV4Request const& request, SigV4Scope const& scope) {
    return fmt::format(
        "{}\n{}\n{}\n{}",
        kAlgorithm,
        amz_date(scope.at),
        scope_text(scope),
        hexadecimal(sha256(canonical_request(request)))
    );
}

std::string authorization(
    SigV4Request const& request, SigV4Scope const& scope, S3Credentials const& credentials
) {
    return fmt::format(
        "{} Credential={}/{}, SignedHeaders={}, Signature={}",
        kAlgorithm,
        credentials.key_id,
        scope_text(scope),
        signed_names(request.fields),
        signature_of(request, scope, credentials)
    );
}

std::string presigned_query(
    SigV4Request request,
    SigV4Scope const& scope,
    S3Credentials const& credentials,
    std::chrono::seconds valid
) {
    request.query.emplace_back("X-Amz-Algorithm", kAlgorithm);
    request.query.emplace_back("X-Amz-Credential", credentials.key_id + "/" + scope_text(scope));
    request.query.emplace_back("X-Amz-Date", amz_date(scope.at));
    request.query.emplace_back("X-Amz-Expires", std::to_string(valid.count()));
    request.query.emplace_back("X-Amz-SignedHeaders", signed_names(request.fields));
    if (!credentials.session_token.empty()) {
        request.query.emplace_back("X-Amz-Security-Token", credentials.session_token);
    }
    request.body_sha256 = kUnsigned;
    auto const signature = signature_of(request, scope, credentials);
    return canonical_query(request.query) + "&X-Amz-Signature=" + signature;
}

} // namespace stemlathe::service
