#include "service/uploads/tus.hpp"

#include "service/api/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace stemlathe::service {

namespace {

constexpr std::size_t kDigitsMax = 15;

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    while (!text.empty() && text.back() == ' ') {
        text.remove_suffix(1);
    }
    return text;
}

/// Cuts off what stands before the next `mark`, or all.
std::string_view take_until(std::string_view& text, char mark) noexcept {
    auto const end = std::min(text.find(mark), text.size());
    auto const part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

int base64_value(char letter) noexcept {
    if (letter >= 'A' && letter <= 'Z') {
        return letter - 'A';
    }
    if (letter >= 'a' && letter <= 'z') {
        return letter - 'a' + 26;
    }
    if (letter >= '0' && letter <= '9') {
        return letter - '0' + 52;
    }
    return letter == '+' ? 62 : letter == '/' ? 63 : -1;
}

bool is_key(std::string_view key) noexcept {
    return !key.empty() && std::ranges::all_of(key, [](char letter) {
        return letter > ' ' && letter < '\x7f' && letter != ',';
    });
}

[[noreturn]] void refuse(std::string detail) {
    throw Problem{ProblemKind::bad_request, std::move(detail)};
}

} // namespace

bool is_upload_path(std::string_view path) noexcept {
    return path == kUploadsPath ||
           (path.starts_with(kUploadsPath) && path[kUploadsPath.size()] == '/');
}

void speak_tus(Response& response) {
    response.with("Tus-Resumable", std::string{kTusVersion});
    if (response.status == 412) {
        response.with("Tus-Version", std::string{kTusVersion});
    }
}

void check_tus_version(Request const& request) {
    if (request.field("tus-resumable") != kTusVersion) {
        throw Problem{ProblemKind::tus_version, "send Tus-Resumable: 1.0.0 with every request"};
    }
}

Method effective_method(Request const& request) {
    auto const wish = request.field("x-http-method-override");
    if (wish.empty() || request.method == Method::head || !is_upload_path(request.path)) {
        return request.method;
    }
    for (auto const method : {Method::head, Method::post, Method::patch, Method::del}) {
        if (wish == name_of(method)) {
            return method;
        }
    }
    refuse("X-HTTP-Method-Override must be HEAD, POST, PATCH or DELETE");
}

std::int64_t whole_field(Request const& request, std::string_view name) {
    auto const text = request.field(name);
    std::int64_t number = 0;
    bool const has_digits_only =
        !text.empty() && text.size() <= kDigitsMax &&
        std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
    if (!has_digits_only) {
        refuse(fmt::format("{} must be there and a whole number, 0 or more", name));
    }
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void check_chunk_type(Request const& request) {
    if (request.field("content-type") != "application/offset+octet-stream") {
        throw Problem{
            ProblemKind::unsupported_media_type,
            "send the bytes as Content-Type: application/offset+octet-stream"};
    }
}

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    std::size_t const padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (char const letter : text.substr(0, text.size() - padding)) {
        int const value = base64_value(letter);
        if (value < 0) {
            return std::nullopt;
        }
        bits = bits << 6U | static_cast<unsigned>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes += static_cast<char>(bits >> static_cast<unsigned>(count) & 255U);
        }
    }
    // Bits that are left over must be zero: each text has one decoding, each value one text.
    bool const is_exact = (bits & ((1U << static_cast<unsigned>(count)) - 1U)) == 0;
    return is_exact ? std::optional{bytes} : std::nullopt;
}

std::map<std::string, std::string, std::less<>> parse_metadata(std::string_view field) {
    if (field.size() > kMetadataBytesMax) {
        refuse(fmt::format("Upload-Metadata is longer than {} bytes", kMetadataBytesMax));
    }
    std::map<std::string, std::string, std::less<>> metadata;
    while (!field.empty()) {
        auto entry = trimmed(take_until(field, ','));
        auto const key = take_until(entry, ' ');
        if (!is_key(key)) {
            refuse("Upload-Metadata must be pairs \"key base64\" with commas between them");
        }
        auto value = decode_base64(trimmed(entry));
        if (!value) {
            refuse(fmt::format("Upload-Metadata: the value of {} is not base64", key));
        }
        if (!metadata.emplace(key, *std::move(value)).second) {
            refuse(fmt::format("Upload-Metadata has {} twice", key));
        }
    }
    return metadata;
}

std::optional<ChunkChecksum> checksum_of(Request const& request) {
    auto field = request.field("upload-checksum");
    if (field.empty()) {
        return std::nullopt;
    }
    auto const algorithm = take_until(field, ' ');
    std::size_t const bytes = algorithm == "sha1" ? 20 : algorithm == "sha256" ? 32 : 0;
    if (bytes == 0) {
        refuse("Upload-Checksum: the algorithms are sha1 and sha256");
    }
    auto digest = decode_base64(trimmed(field));
    if (!digest || digest->size() != bytes) {
        refuse(fmt::format("Upload-Checksum: {} has {} bytes, written as base64", algorithm, bytes)
        );
    }
    return ChunkChecksum{.algorithm = std::string{algorithm}, .digest = *std::move(digest)};
}

ConcatWish parse_concat(std::string_view field) {
    if (field.empty()) {
        return {};
    }
    if (field == "partial") {
        return {.kind = "partial"};
    }
    ConcatWish wish{.kind = "final"};
    if (take_until(field, ';') != "final") {
        refuse("Upload-Concat must be \"partial\", or \"final;\" and addresses of uploads");
    }
    while (!field.empty()) {
        auto const address = trimmed(take_until(field, ' '));
        auto const at = address.rfind('/');
        bool const is_ours = at != std::string_view::npos &&
                             address.substr(0, at).ends_with(kUploadsPath) &&
                             at + 1 < address.size();
        if (is_ours) {
            wish.parts.emplace_back(address.substr(at + 1));
        } else if (!address.empty()) {
            refuse("Upload-Concat names an address that is no upload of this service");
        }
    }
    if (wish.parts.empty()) {
        refuse("Upload-Concat names no partial upload");
    }
    return wish;
}

} // namespace stemlathe::service
