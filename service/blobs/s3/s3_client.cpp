#include "service/blobs/s3/s3_client.hpp"

#include "kernels/base/failure.hpp"
#include "service/blobs/s3/sha256.hpp"
#include "service/client/patience.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

constexpr std::chrono::seconds kSilence{30};
constexpr std::chrono::seconds kSilenceOfOneWhoWaits{5};
constexpr std::chrono::milliseconds kPauseMost{10'000};
constexpr int kConflict = 409;

/// "host:port" of "https://host:port", without a port that goes without saying.
std::string host_of(std::string_view endpoint) {
    auto const slashes = endpoint.find("://");
    auto host = std::string{endpoint.substr(slashes + 3)};
    auto const port = endpoint.starts_with("https") ? std::string_view{":443"} : ":80";
    if (host.ends_with(port)) {
        host.resize(host.size() - port.size());
    }
    return host;
}

bool is_address(std::string_view endpoint) {
    auto const rest = endpoint.starts_with("https://")  ? endpoint.substr(8)
                      : endpoint.starts_with("http://") ? endpoint.substr(7)
                                                        : std::string_view{};
    return !rest.empty() && rest.find('/') == std::string_view::npos;
}

/// Whether the keys of the request are over. The answer to a HEAD has only a status to say it.
bool has_ended(S3Request const& request, HttpReply const& reply) {
    constexpr int kBad = 400;
    return xml_text(reply.body, "Code") == "ExpiredToken" ||
           (request.method == "HEAD" && reply.status == kBad);
}

/// 409: somebody else writes the same key at this moment. 400: our body came too slowly.
bool is_to_be_repeated(HttpReply const& reply) {
    return is_for_now(reply.status) || reply.status == kConflict ||
           xml_text(reply.body, "Code") == "RequestTimeout";
}

std::string words_of(HttpReply const& reply) {
    auto const code = xml_text(reply.body, "Code");
    auto const message = xml_text(reply.body, "Message");
    return code.empty() ? std::to_string(reply.status)
                        : fmt::format("{} {}: {}", reply.status, code, message);
}

} // namespace

S3Client::S3Client(S3Settings settings)
    : settings_{std::move(settings)}, credentials_{settings_.credentials, settings_.region} {
    if (settings_.endpoint.empty()) {
        host_ = fmt::format("{}.s3.{}.amazonaws.com", settings_.bucket, settings_.region);
        address_ = "https://" + host_;
    } else if (is_address(settings_.endpoint)) {
        host_ = host_of(settings_.endpoint);
        root_ = "/" + settings_.bucket;
        address_ = settings_.endpoint + root_;
    } else {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "[blobs] endpoint is \"{}\"; it must be an address such as "
                "https://s3.example.org:9000, without a path",
                settings_.endpoint
            )}
            .about_key("blobs.endpoint");
    }
    static_cast<void>(credentials_.current()); // now, not at the first upload
}

HttpCall S3Client::signed_call(S3Request const& request, S3Credentials const& credentials) const {
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto const hash = hexadecimal(sha256(request.body.value_or("")));
    NamedTexts fields = request.fields;
    fields.emplace_back("x-amz-date", amz_date(now));
    fields.emplace_back("x-amz-content-sha256", hash);
    if (!credentials.session_token.empty()) {
        fields.emplace_back("x-amz-security-token", credentials.session_token);
    }
    SigV4Request to_sign{
        .method = request.method,
        .path = root_ + "/" + request.key,
        .query = request.query,
        .fields = fields,
        .body_sha256 = hash};
    to_sign.fields.emplace_back("host", host_);
    SigV4Scope const scope{.at = now, .region = settings_.region, .service = "s3"};
    fields.emplace_back("Authorization", authorization(to_sign, scope, credentials));
    auto const query = canonical_query(request.query);
    return {
        .method = request.method,
        .url = fmt::format(
            "{}/{}{}{}", address_, uri_encoded(request.key, "/"), query.empty() ? "" : "?", query
        ),
        .fields = std::move(fields),
        .body = request.body,
        .take = {},
        .sent = {}};
}

HttpReply S3Client::send(S3Request const& request, Haste haste) {
    using Clock = std::chrono::steady_clock;
    auto const begin = Clock::now();
    bool const is_hasty = haste == Haste::somebody_waits;
    auto const patience = is_hasty && is_away_ ? std::chrono::milliseconds{0}
                          : is_hasty           ? settings_.give_up_soon
                                               : settings_.give_up;
    auto pause = settings_.pause;
    while (true) {
        auto connection = take_connection(haste);
        std::string reason;
        std::chrono::milliseconds asked{0};
        try {
            auto const credentials = credentials_.current();
            auto reply = connection->send(signed_call(request, credentials));
            give_back(std::move(connection), haste);
            bool const has_others =
                has_ended(request, reply) && credentials_.forget(credentials.key_id);
            if (!has_others && !is_to_be_repeated(reply)) {
                is_away_ = false;
                return reply;
            }
            reason = words_of(reply);
            asked = retry_after(reply).value_or(asked);
        } catch (NetworkFailure const& failure) {
            reason = failure.what(); // and the connection goes with it
        }
        if (Clock::now() - begin >= patience) {
            is_away_ = true;
            throw StoreUnavailable{fmt::format(
                "the bucket {} at {} does not answer ({}); tried for {} s. Look at the address "
                "and the network",
                settings_.bucket,
                host_,
                reason,
                std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begin).count()
            )};
        }
        sleep_for(std::min(std::max(pause, asked), kPauseMost), {});
        pause = 2 * pause;
    }
}

StoreUnavailable
S3Client::refusal(std::string_view wanted, S3Request const& request, HttpReply const& reply) const {
    auto const code = xml_text(reply.body, "Code");
    std::string_view advice = "Look at the bucket's rules";
    if (code == "RequestTimeTooSkewed") {
        advice = "Set this machine's clock";
    } else if (code == "SignatureDoesNotMatch" || code == "InvalidAccessKeyId") {
        advice = "Look at the credentials and [blobs] region";
    } else if (code == "NoSuchBucket") {
        advice = "Make the bucket, or look at [blobs] url";
    }
    return StoreUnavailable{fmt::format(
        "the bucket {} at {} does not {} {}: {}. {}",
        settings_.bucket,
        host_,
        wanted,
        request.key.empty() ? "its keys" : request.key,
        words_of(reply),
        advice
    )};
}

std::unique_ptr<HttpClient> S3Client::take_connection(Haste haste) {
    {
        std::lock_guard const lock{mutex_};
        if (auto& idle = idle_[haste]; !idle.empty()) {
            auto connection = std::move(idle.back());
            idle.pop_back();
            return connection;
        }
    }
    return std::make_unique<HttpClient>(
        std::stop_token{}, haste == Haste::none ? kSilence : kSilenceOfOneWhoWaits
    );
}

void S3Client::give_back(std::unique_ptr<HttpClient> connection, Haste haste) {
    std::lock_guard const lock{mutex_};
    idle_[haste].push_back(std::move(connection));
}

std::vector<std::string_view> xml_elements(std::string_view xml, std::string_view name) {
    auto const open = fmt::format("<{}>", name);
    auto const close = fmt::format("</{}>", name);
    std::vector<std::string_view> elements;
    for (auto from = xml.find(open); from != std::string_view::npos; from = xml.find(open, from)) {
        from += open.size();
        auto const to = xml.find(close, from);
        if (to == std::string_view::npos) {
            break;
        }
        elements.push_back(xml.substr(from, to - from));
    }
    return elements;
}

std::string xml_text(std::string_view xml, std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kEntities{{
        {"&lt;", "<"},
        {"&gt;", ">"},
        {"&quot;", "\""},
        {"&#34;", "\""},
        {"&apos;", "'"},
        {"&amp;", "&"}, // last: what it leaves is no entity
    }};
    auto const found = xml_elements(xml, name);
    std::string text{found.empty() ? std::string_view{} : found.front()};
    for (auto const& [entity, letter] : kEntities) {
        for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) {
            text.replace(at, entity.size(), letter);
        }
    }
    return text;
}

} // namespace stemlathe::service
