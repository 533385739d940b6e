#include "service/api/file_answer.hpp"

#include "service/api/byte_range.hpp"
#include "service/api/problem.hpp"
#include "service/api/stored_file.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace stemlathe::service {

namespace {

/// A digest's 64 hexadecimal digits in Base64, as Repr-Digest wants them.
std::string base64_of(std::string_view hexadecimal) {
    std::array<unsigned char, 32> bytes{};
    for (std::size_t i = 0; i < bytes.size() && 2 * i + 1 < hexadecimal.size(); ++i) {
        auto const* const digits = hexadecimal.data() + 2 * i;
        std::from_chars(digits, digits + 2, bytes[i], 16);
    }
    std::array<unsigned char, 48> text{};
    auto const length = EVP_EncodeBlock(text.data(), bytes.data(), bytes.size());
    return {text.begin(), text.begin() + length};
}

/// If-Range with another ETag: the client's part is of another file, so it gets all of this one.
bool wants_range(Request const& request, std::string const& etag) {
    auto const condition = request.field("if-range");
    return condition.empty() || condition == etag;
}

} // namespace

Response file_answer(
    Call const& call, StoredFile const& file, std::string_view media_type, std::string_view name
) {
    auto const etag = "\"" + file.digest + "\"";
    Response response;
    response.with("ETag", etag)
        .with("Accept-Ranges", "bytes")
        .with("Cache-Control", "private, max-age=31536000, immutable")
        .with("Cross-Origin-Resource-Policy", "same-origin");
    if (call.request.field("if-none-match") == etag) {
        response.status = 304;
        return response;
    }
    auto& blobs = call.services.blobs;
    auto descriptor = blobs.open_at_hand(file.digest, file.bytes);
    auto const size = file.bytes;
    ByteRange part{.first = 0, .bytes = size};
    auto const range = wants_range(call.request, etag) ? range_of(call.request.field("range"), size)
                                                       : std::nullopt;
    if (range && range->bytes == 0) {
        throw Problem{
            ProblemKind::range_not_satisfiable, fmt::format("the file has {} bytes", size)}
            .with("Content-Range", fmt::format("bytes */{}", size));
    }
    if (range) {
        part = *range;
        response.status = 206;
        response.with(
            "Content-Range",
            fmt::format("bytes {}-{}/{}", part.first, part.first + part.bytes - 1, size)
        );
    }
    response.with("Content-Type", std::string{media_type});
    response.with("Repr-Digest", fmt::format("sha-256=:{}:", base64_of(file.digest)));
    if (!name.empty()) {
        response.with("Content-Disposition", attachment(name));
    }
    bool const is_needed = !descriptor && call.request.method != Method::head;
    response.body =
        FileBody{.descriptor = std::move(descriptor), .offset = part.first, .bytes = part.bytes};
    if (is_needed) { // everybody else would wait as well, were it fetched here
        response.later = [&blobs, file](Response draft) {
            std::get<FileBody>(draft.body).descriptor = opened_soon(blobs, file);
            return draft;
        };
    }
    return response;
}

std::string_view media_type_of(std::string_view name) noexcept {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kTypes{{
        {".wav", "audio/wav"},
        {".flac", "audio/flac"},
        {".mp3", "audio/mpeg"},
        {".ogg", "audio/ogg"},
        {".opus", "audio/ogg"},
        {".json", "application/json"},
        {".pdf", "application/pdf"},
        {".md5", "text/plain; charset=utf-8"},
        {".html", "text/html; charset=utf-8"},
        {".toml", "application/toml"},
        {".cue", "text/plain; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".zip", "application/zip"},
    }};
    auto const found =
        std::ranges::find_if(kTypes, [&](auto const& type) { return name.ends_with(type.first); });
    return found == kTypes.end() ? "application/octet-stream" : found->second;
}

std::string attachment(std::string_view name) {
    std::string plain;
    std::string encoded;
    for (char const c : name) {
        bool const is_ascii = c >= ' ' && c < '\x7f' && c != '"' && c != '\\' && c != '%';
        plain += is_ascii ? c : '_';
        bool const is_attribute = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                  (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
        encoded += is_attribute ? std::string(1, c)
                                : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, encoded);
}

} // namespace stemlathe::service
