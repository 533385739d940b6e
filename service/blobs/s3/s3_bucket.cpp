#include "service/blobs/s3/s3_bucket.hpp"

#include "kernels/base/failure.hpp"
#include "service/blobs/s3/sha256.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <system_error>

namespace stemlathe::service {

namespace {

constexpr int kNotFound = 404;
constexpr int kThereAlready = 412;
constexpr std::int64_t kWindowBytes = std::int64_t{16} << 20U; ///< fetched at a time

std::int64_t whole_number(std::string_view text) {
    std::int64_t number = -1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// "Fri, 24 May 2013 00:00:00 GMT" or "2013-05-24T00:00:00.000Z"
std::optional<std::time_t> time_of(std::string_view text, char const* pattern) {
    std::tm parts{};
    if (::strptime(std::string{text}.c_str(), pattern, &parts) == nullptr) {
        return std::nullopt;
    }
    return ::timegm(&parts);
}

/// How old something was when the bucket answered. What has no readable date counts as new: then
/// nobody removes it.
std::chrono::milliseconds age_at(HttpReply const& reply, std::optional<std::time_t> made) {
    auto const now = time_of(reply.field("date"), "%a, %d %b %Y %H:%M:%S");
    return now && made ? std::chrono::seconds{*now - *made} : std::chrono::seconds{0};
}

std::string part_of(int descriptor, std::int64_t offset, std::int64_t bytes) {
    std::string part(static_cast<std::size_t>(bytes), '\0');
    std::size_t read = 0;
    while (read < part.size()) {
        auto const got = ::pread(
            descriptor,
            part.data() + read,
            part.size() - read,
            offset + static_cast<std::int64_t>(read)
        );
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            throw Failure{
                Code::storage_failed,
                fmt::format(
                    "a file cannot be read while it goes to the bucket: {}",
                    got < 0 ? std::generic_category().message(errno) : "it became shorter"
                )};
        }
        read += static_cast<std::size_t>(got);
    }
    return part;
}

NamedTexts put_fields(std::string const& body, bool only_if_missing) {
    NamedTexts fields{{"x-amz-checksum-sha256", base64(sha256(body))}};
    if (only_if_missing) {
        fields.emplace_back("If-None-Match", "*");
    }
    return fields;
}

} // namespace

bool S3Bucket::put(std::string const& key, std::string body, bool only_if_missing) {
    auto fields = put_fields(body, only_if_missing);
    S3Request const request{
        .method = "PUT",
        .key = full(key),
        .query = {},
        .fields = std::move(fields),
        .body = std::move(body)};
    auto const reply = client_.send(request);
    if (only_if_missing && reply.status == kThereAlready) {
        return false;
    }
    if (!reply.is_success()) {
        throw client_.refusal("take", request, reply);
    }
    return true;
}

bool S3Bucket::put_file(
    std::string const& key, int descriptor, std::int64_t bytes, bool only_if_missing
) {
    if (bytes > client_.settings().part_bytes) {
        return put_parts(key, descriptor, bytes, only_if_missing);
    }
    return put(key, part_of(descriptor, 0, bytes), only_if_missing);
}

bool S3Bucket::put_parts(
    std::string const& key, int descriptor, std::int64_t bytes, bool only_if_missing
) {
    S3Request const begin{
        .method = "POST",
        .key = full(key),
        .query = {{"uploads", ""}},
        .fields = {{"x-amz-checksum-algorithm", "SHA256"}},
        .body = ""};
    auto const begun = client_.send(begin);
    auto const id = xml_text(begun.body, "UploadId");
    if (!begun.is_success() || id.empty()) {
        throw client_.refusal("begin to take", begin, begun);
    }
    try {
        return complete(key, id, send_parts(key, id, descriptor, bytes), only_if_missing);
    } catch (...) {
        static_cast<void>(drop_parts(key, id)); // what was in the way first is what is told
        throw;
    }
}

bool S3Bucket::drop_parts(std::string const& key, std::string const& id) {
    S3Request const abort{
        .method = "DELETE", .key = full(key), .query = {{"uploadId", id}}, .fields = {}};
    try {
        return client_.send(abort).is_success();
    } catch (Failure const&) {
        return false;
    }
}

std::string S3Bucket::send_parts(
    std::string const& key, std::string const& id, int descriptor, std::int64_t bytes
) {
    auto const part_bytes = client_.settings().part_bytes;
    std::string parts;
    for (std::int64_t offset = 0, number = 1; offset < bytes; offset += part_bytes, ++number) {
        auto body = part_of(descriptor, offset, std::min(part_bytes, bytes - offset));
        auto const checksum = base64(sha256(body));
        S3Request const request{
            .method = "PUT",
            .key = full(key),
            .query = {{"partNumber", std::to_string(number)}, {"uploadId", id}},
            .fields = {{"x-amz-checksum-sha256", checksum}},
            .body = std::move(body)};
        auto const reply = client_.send(request);
        auto const etag = reply.field("etag");
        if (!reply.is_success() || etag.empty()) {
            throw client_.refusal("take a part of", request, reply);
        }
        parts += fmt::format(
            "<Part><PartNumber>{}</PartNumber><ETag>{}</ETag>"
            "<ChecksumSHA256>{}</ChecksumSHA256></Part>",
            number,
            etag,
            checksum
        );
    }
    return parts;
}

bool S3Bucket::complete(
    std::string const& key, std::string const& id, std::string parts, bool only_if_missing
) {
    S3Request request{
        .method = "POST",
        .key = full(key),
        .query = {{"uploadId", id}},
        .fields = {},
        .body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
                std::move(parts) + "</CompleteMultipartUpload>"};
    if (only_if_missing) {
        request.fields.emplace_back("If-None-Match", "*");
    }
    auto const reply = client_.send(request);
    if (only_if_missing && reply.status == kThereAlready) {
        S3Request const abort{
            .method = "DELETE", .key = full(key), .query = {{"uploadId", id}}, .fields = {}};
        static_cast<void>(client_.send(abort));
        return false;
    }
    // The answer to an earlier try was lost, and the upload is over: what matters is what is there.
    if (reply.status == kNotFound && find(key)) {
        return true;
    }
    // Amazon begins to answer before it is done: an error may come under 200.
    if (!reply.is_success() || reply.body.find("<Error>") != std::string::npos) {
        throw client_.refusal("put together", request, reply);
    }
    return true;
}

std::optional<S3Object> S3Bucket::find(std::string const& key, Haste haste) {
    S3Request const request{.method = "HEAD", .key = full(key), .query = {}, .fields = {}};
    auto const reply = client_.send(request, haste);
    if (reply.status == kNotFound) {
        return std::nullopt;
    }
    auto const bytes = whole_number(reply.field("content-length"));
    if (!reply.is_success() || bytes < 0) {
        throw client_.refusal("show", request, reply);
    }
    auto const made = time_of(reply.field("last-modified"), "%a, %d %b %Y %H:%M:%S");
    return S3Object{.key = key, .bytes = bytes, .age = age_at(reply, made)};
}

bool S3Bucket::fetch(
    std::string const& key,
    std::int64_t bytes,
    std::function<void(std::string_view bytes)> const& take,
    Haste haste
) {
    S3Request request{.method = "GET", .key = full(key), .query = {}, .fields = {}};
    for (std::int64_t offset = 0; offset < bytes || offset == 0; offset += kWindowBytes) {
        auto const last = std::min(offset + kWindowBytes, bytes) - 1;
        request.fields.clear();
        if (bytes > 0) { // nothing has no range
            request.fields.emplace_back("Range", fmt::format("bytes={}-{}", offset, last));
        }
        auto const reply = client_.send(request, haste);
        if (reply.status == kNotFound) {
            return false;
        }
        bool const is_whole = static_cast<std::int64_t>(reply.body.size()) == last - offset + 1;
        if (!reply.is_success() || !is_whole) {
            throw client_.refusal("give", request, reply);
        }
        take(reply.body);
    }
    return true;
}

std::optional<std::string> S3Bucket::text(std::string const& key) {
    S3Request const request{.method = "GET", .key = full(key), .query = {}, .fields = {}};
    auto reply = client_.send(request);
    if (reply.status == kNotFound && xml_text(reply.body, "Code") != "NoSuchBucket") {
        return std::nullopt;
    }
    if (!reply.is_success()) {
        throw client_.refusal("give", request, reply);
    }
    return std::move(reply.body);
}

void S3Bucket::erase(std::string const& key) {
    S3Request const request{.method = "DELETE", .key = full(key), .query = {}, .fields = {}};
    auto const reply = client_.send(request);
    if (!reply.is_success() && reply.status != kNotFound) {
        throw client_.refusal("remove", request, reply);
    }
}

std::vector<S3Object> S3Bucket::list(std::string const& beginning) {
    std::vector<S3Object> objects;
    std::string next;
    auto const prefix_bytes = client_.settings().prefix.size();
    do {
        S3Request request{
            .method = "GET",
            .key = "",
            .query =
                {{"list-type", "2"},
                 {"max-keys", std::to_string(client_.settings().page_keys)},
                 {"prefix", full(beginning)}},
            .fields = {}};
        if (!next.empty()) {
            request.query.emplace_back("continuation-token", next);
        }
        auto const reply = client_.send(request);
        if (!reply.is_success()) {
            throw client_.refusal("list", request, reply);
        }
        for (auto const object : xml_elements(reply.body, "Contents")) {
            auto const key = xml_text(object, "Key");
            auto const made = time_of(xml_text(object, "LastModified"), "%Y-%m-%dT%H:%M:%S");
            objects.push_back(
                {.key = key.substr(std::min(prefix_bytes, key.size())),
                 .bytes = whole_number(xml_text(object, "Size")),
                 .age = age_at(reply, made)}
            );
        }
        next = xml_text(reply.body, "IsTruncated") == "true"
                   ? xml_text(reply.body, "NextContinuationToken")
                   : "";
    } while (!next.empty());
    return objects;
}

} // namespace stemlathe::service
