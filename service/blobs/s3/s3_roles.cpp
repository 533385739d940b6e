#include "service/blobs/s3/s3_roles.hpp"

#include "service/blobs/blob_source.hpp"
#include "service/blobs/s3/s3_client.hpp"
#include "service/client/http_client.hpp"
#include "service/client/patience.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

constexpr char const* kFullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr char const* kRelativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr char const* kTokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE";
constexpr char const* kRole = "AWS_ROLE_ARN";

std::string variable(char const* name) {
    char const* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? "" : value;
}

std::string content_of(std::string const& file, std::string_view named_by) {
    std::ifstream stream{file};
    std::string text{std::istreambuf_iterator<char>{stream}, {}};
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
        text.pop_back();
    }
    if (text.empty()) {
        throw StoreUnavailable{
            fmt::format("{}, which {} names, cannot be read or is empty", file, named_by)};
    }
    return text;
}

/// What a lender says; the answer's text is never told, for it may hold a secret.
std::string asked(std::string_view lender, HttpCall const& call) {
    constexpr int kTries = 3;
    constexpr std::chrono::seconds kSilence{5};
    std::chrono::milliseconds pause{200};
    HttpClient client{{}, kSilence};
    std::string reason;
    for (int i = 0; i < kTries; ++i, pause *= 2) {
        try {
            auto reply = client.send(call);
            if (reply.is_success()) {
                return std::move(reply.body);
            }
            reason = fmt::format("it answers {} {}", reply.status, xml_text(reply.body, "Code"));
            if (!is_for_now(reply.status)) {
                break;
            }
        } catch (NetworkFailure const& failure) {
            reason = failure.what();
        }
        sleep_for(pause, {});
    }
    throw StoreUnavailable{fmt::format(
        "{} at {} lends no keys for the bucket: {}",
        lender,
        call.url.substr(0, call.url.find('?')),
        reason
    )};
}

/// "2026-11-27T03:00:00Z", also with parts of a second.
std::optional<std::chrono::sys_seconds> moment_in(std::string const& text) {
    std::tm parts{};
    if (::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) {
        return std::nullopt;
    }
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::system_clock::from_time_t(::timegm(&parts))
    );
}

LentCredentials checked(std::string_view lender, S3Credentials keys, std::string const& expires) {
    auto const moment = moment_in(expires);
    if (keys.key_id.empty() || keys.secret.empty() || keys.session_token.empty() || !moment) {
        throw StoreUnavailable{fmt::format(
            "{} answers, but not with keys, a token and their end; look at the role", lender
        )};
    }
    return {.credentials = std::move(keys), .expires = *moment};
}

LentCredentials keys_in_json(std::string_view lender, std::string const& text) {
    boost::system::error_code error;
    auto const document = json::parse(text, error);
    auto const word = [&](std::string_view key) -> std::string {
        auto const* const value =
            !error && document.is_object() ? document.get_object().if_contains(key) : nullptr;
        return value != nullptr && value->is_string() ? value->get_string().c_str() : "";
    };
    S3Credentials keys{
        .key_id = word("AccessKeyId"),
        .secret = word("SecretAccessKey"),
        .session_token = word("Token")};
    return checked(lender, std::move(keys), word("Expiration"));
}

/// Keys are asked for over plain HTTP on this machine and at Amazon's own addresses alone.
void check_address(std::string const& address) {
    static constexpr std::array<std::string_view, 7> kPlain{
        "http://127.0.0.1",
        "http://localhost",
        "http://[::1]",
        "http://169.254.170.2",
        "http://169.254.170.23",
        "http://[fd00:ec2::23]",
        "https://"};
    bool const is_good = std::ranges::any_of(kPlain, [&](std::string_view beginning) {
        if (!address.starts_with(beginning)) {
            return false;
        }
        auto const next = address.size() > beginning.size() ? address[beginning.size()] : '/';
        return beginning.ends_with("//") || next == ':' || next == '/';
    });
    if (!is_good) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} is \"{}\"; it must begin with https://, or lead to this machine or to Amazon's "
                "169.254.170.2, 169.254.170.23 or [fd00:ec2::23]",
                kFullUri,
                address
            )};
    }
}

std::string container_authorization() {
    constexpr char const* kFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    auto const file = variable(kFile);
    return file.empty() ? variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") : content_of(file, kFile);
}

} // namespace

bool is_container_role_set() {
    return !variable(kFullUri).empty() || !variable(kRelativeUri).empty();
}

LentCredentials lent_to_container() {
    auto const relative = variable(kRelativeUri);
    HttpCall call;
    call.url = relative.empty() ? variable(kFullUri) : "http://169.254.170.2" + relative;
    check_address(call.url);
    if (auto token = container_authorization(); !token.empty()) {
        call.fields.emplace_back("Authorization", std::move(token));
    }
    constexpr std::string_view kLender = "the container's agent";
    return keys_in_json(kLender, asked(kLender, call));
}

bool is_web_identity_set() {
    return !variable(kTokenFile).empty() && !variable(kRole).empty();
}

LentCredentials lent_to_web_identity(std::string const& region) {
    auto const endpoint = variable("AWS_ENDPOINT_URL_STS");
    auto const session = variable("AWS_ROLE_SESSION_NAME");
    HttpCall call;
    call.method = "POST";
    call.url = endpoint.empty() ? fmt::format("https://sts.{}.amazonaws.com/", region) : endpoint;
    call.fields = {{"Content-Type", "application/x-www-form-urlencoded"}};
    call.body = canonical_query(
        {{"Action", "AssumeRoleWithWebIdentity"},
         {"Version", "2011-06-15"},
         {"RoleArn", variable(kRole)},
         {"RoleSessionName", session.empty() ? "stemlathe" : session},
         {"WebIdentityToken", content_of(variable(kTokenFile), kTokenFile)}}
    );
    constexpr std::string_view kLender = "the security token service";
    auto const text = asked(kLender, call);
    S3Credentials keys{
        .key_id = xml_text(text, "AccessKeyId"),
        .secret = xml_text(text, "SecretAccessKey"),
        .session_token = xml_text(text, "SessionToken")};
    return checked(kLender, std::move(keys), xml_text(text, "Expiration"));
}

LentCredentials lent_to_instance() {
    constexpr std::string_view kLender = "the machine's metadata service";
    auto root = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    if (root.empty()) {
        root = "http://169.254.169.254";
    } else if (root.ends_with('/')) {
        root.pop_back();
    }
    HttpCall call;
    call.method = "PUT";
    call.url = root + "/latest/api/token";
    call.fields = {{"X-aws-ec2-metadata-token-ttl-seconds", "300"}};
    call.body = "";
    auto const token = asked(kLender, call);
    call = {};
    call.url = root + "/latest/meta-data/iam/security-credentials/";
    call.fields = {{"X-aws-ec2-metadata-token", token}};
    auto const roles = asked(kLender, call);
    call.url += uri_encoded(roles.substr(0, roles.find('\n')));
    return keys_in_json(kLender, asked(kLender, call));
}

} // namespace stemlathe::service
