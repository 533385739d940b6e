#include "service/blobs/s3/s3_settings.hpp"

#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace stemlathe::service {

namespace {

constexpr std::string_view kScheme = "s3://";

std::string environment(char const* name) {
    char const* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? "" : value;
}

std::string without_blanks(std::string const& text) {
    auto const first = text.find_first_not_of(" \t\r");
    return first == std::string::npos
               ? ""
               : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// "key = value" lines of the first section.
void read_file_into(S3Credentials& credentials, std::filesystem::path const& file) {
    std::ifstream stream{file};
    if (!stream) {
        throw Failure{
            Code::invalid_argument,
            fmt::format("{}, which [blobs] credentials names, cannot be read", file.string())}
            .about_file(file.string())
            .about_key("blobs.credentials");
    }
    int sections = 0;
    for (std::string line; std::getline(stream, line);) {
        line = without_blanks(line);
        sections += line.starts_with('[') ? 1 : 0;
        auto const equals = line.find('=');
        if (sections > 1 || equals == std::string::npos || line.starts_with('#')) {
            continue;
        }
        auto const key = without_blanks(line.substr(0, equals));
        auto const value = without_blanks(line.substr(equals + 1));
        if (key == "aws_access_key_id") {
            credentials.key_id = value;
        } else if (key == "aws_secret_access_key") {
            credentials.secret = value;
        } else if (key == "aws_session_token") {
            credentials.session_token = value;
        }
    }
}

bool is_bucket_name(std::string_view name) {
    return name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
           });
}

} // namespace

S3Settings s3_place(std::string_view url, std::string_view source) {
    auto const rest = url.starts_with(kScheme) ? url.substr(kScheme.size()) : std::string_view{};
    auto const slash = rest.find('/');
    S3Settings place;
    place.bucket = rest.substr(0, slash);
    if (!is_bucket_name(place.bucket)) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} is \"{}\"; it must be s3://bucket or s3://bucket/prefix, where a bucket has 3 "
                "to 63 small letters, digits, dots and hyphens",
                source,
                url
            )}
            .about_key(std::string{source});
    }
    place.prefix = slash == std::string_view::npos ? "" : std::string{rest.substr(slash + 1)};
    if (!place.prefix.empty() && !place.prefix.ends_with('/')) {
        place.prefix += '/';
    }
    return place;
}

S3Credentials s3_credentials(std::filesystem::path const& file) {
    S3Credentials credentials;
    if (file.empty()) {
        credentials = {
            .key_id = environment("AWS_ACCESS_KEY_ID"),
            .secret = environment("AWS_SECRET_ACCESS_KEY"),
            .session_token = environment("AWS_SESSION_TOKEN")};
    } else {
        read_file_into(credentials, file);
    }
    if (credentials.key_id.empty() || credentials.secret.empty()) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "there is no {} for the bucket in {}; set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or name a file with aws_access_key_id and "
                "aws_secret_access_key as [blobs] credentials, or write credentials = "
                "\"instance-role\" "
                "on a machine of EC2",
                credentials.key_id.empty() ? "key id" : "secret key",
                file.empty() ? "the environment" : file.string()
            )}
            .about_key("blobs.credentials");
    }
    return credentials;
}

} // namespace stemlathe::service
