#include "service/client/remote.hpp"

#include "service/client/documents.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace stemlathe::service {

namespace {

constexpr std::string_view kPage = "limit=200";

/// The problem document of a refusal; empty where it sent none.
boost::json::object problem_of(HttpReply const& reply) {
    boost::json::error_code error;
    auto const value = boost::json::parse(reply.body, error);
    return !error && value.is_object() ? value.as_object() : boost::json::object{};
}

/// "detail: /plan/bus: ...; /class: ..."
std::string detail_of(boost::json::object const& problem) {
    auto detail = text_in(problem, "detail");
    for (auto const& error : objects_in(problem, "errors")) {
        auto const message = text_in(error, "message");
        if (message != detail) {
            detail += fmt::format("; {}: {}", text_in(error, "pointer"), message);
        }
    }
    return detail;
}

Code code_of(HttpReply const& reply) noexcept {
    switch (reply.status) {
    case 404:
    case 410:
        return Code::not_found;
    case 413:
    case 507:
        return Code::storage_full;
    default:
        return reply.status >= 400 && reply.status < 500 ? Code::invalid_argument
                                                         : Code::storage_failed;
    }
}

std::string_view name_for(HttpReply const& reply) noexcept {
    if (reply.status == 401 || reply.status == 403) {
        return "forbidden";
    }
    auto const code = code_of(reply);
    return code == Code::storage_failed ? "unreachable" : name_of(code);
}

std::string sentence_of(HttpReply const& reply) {
    auto const problem = problem_of(reply);
    auto const detail = detail_of(problem);
    if (detail.empty()) {
        return fmt::format(
            "the server answered {} without a reason; check that --server is the address of a "
            "stemlathe service",
            reply.status
        );
    }
    if (reply.status == 401) {
        return fmt::format(
            "the server does not take the token: {}. Ask the house for a new one and give it with "
            "--token or STEMLATHE_TOKEN",
            detail
        );
    }
    auto const id = text_in(problem, "request_id");
    auto const quote = reply.status >= 500 && !id.empty() ? " (request " + id + ")" : "";
    return fmt::format("the server refuses: {}{}", detail, quote);
}

std::string kind_of(HttpReply const& reply) {
    auto const type = text_in(problem_of(reply), "type");
    auto const slash = type.rfind('/');
    return slash == std::string::npos ? type : type.substr(slash + 1);
}

/// Without the slash at its end. @throws Failure{invalid_argument}
std::string checked_address(std::string address) {
    bool const is_http = address.starts_with("http://") || address.starts_with("https://");
    auto const host = address.find("//");
    if (!is_http || address.size() == host + 2 ||
        address.find_first_of("?# \t\r\n") != std::string::npos) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "--server is \"{}\"; it must be an address such as http://127.0.0.1:8080", address
            )}
            .about_key("--server");
    }
    while (address.ends_with('/')) {
        address.pop_back();
    }
    return address;
}

} // namespace

RemoteRefusal::RemoteRefusal(HttpReply const& reply)
    : RemoteFailure{name_for(reply), code_of(reply), sentence_of(reply)},
      status_{reply.status},
      kind_{kind_of(reply)} {}

Remote::Remote(RemoteSettings settings, std::stop_token stop)
    : settings_(std::move(settings)),
      stop_(stop),
      client_(stop, settings_.silence, settings_.trust) {
    settings_.server = checked_address(std::move(settings_.server));
    if (settings_.token.find_first_of(" \t\r\n") != std::string::npos) {
        throw Failure{
            Code::invalid_argument, "--token holds blanks; give the token alone, as it was printed"}
            .about_key("--token");
    }
}

std::optional<HttpReply> Remote::attempt(HttpCall call, Patience& patience) {
    call.url = settings_.server + call.url;
    if (!settings_.token.empty()) {
        call.fields.emplace_back("Authorization", "Bearer " + settings_.token);
    }
    try {
        auto reply = client_.send(call);
        if (!is_for_now(reply.status)) {
            patience.succeeded();
            return reply;
        }
        patience.wait(
            fmt::format("{} cannot do it now: {}", settings_.server, RemoteRefusal{reply}.what()),
            retry_after(reply)
        );
    } catch (CertificateFailure const& failure) { // waiting would not mend it
        throw unreachable(fmt::format(
            "the certificate of {} is not trusted here: {}. Where the house has an authority of "
            "its "
            "own, give its certificate with --ca or STEMLATHE_CA",
            settings_.server,
            failure.what()
        ));
    } catch (NetworkFailure const& failure) {
        patience.wait(fmt::format("{} does not answer ({})", settings_.server, failure.what()));
    }
    return std::nullopt;
}

HttpReply Remote::exchange(HttpCall const& call) {
    auto waiting = patience();
    while (true) {
        if (auto reply = attempt(call, waiting)) {
            return *std::move(reply);
        }
    }
}

boost::json::object
Remote::get(std::string const& path, std::vector<std::pair<std::string, std::string>> fields) {
    fields.emplace_back("Accept", "application/json");
    auto const reply = exchange({.url = path, .fields = std::move(fields)});
    require_success(reply);
    return document_of(reply);
}

boost::json::object
Remote::post(std::string const& path, boost::json::object const& body, std::string const& key) {
    auto const reply = exchange(
        {.method = "POST",
         .url = path,
         .fields =
             {{"Content-Type", "application/json"},
              {"Accept", "application/json"},
              {"Idempotency-Key", key}},
         .body = boost::json::serialize(body)}
    );
    require_success(reply);
    return document_of(reply);
}

std::vector<boost::json::object> Remote::list(std::string const& path) {
    std::vector<boost::json::object> items;
    auto const first =
        path + (path.find('?') == std::string::npos ? "?" : "&") + std::string{kPage};
    std::string after;
    do {
        auto const page = get(after.empty() ? first : first + "&after=" + after);
        if (!page.contains("items")) {
            throw unreachable(
                "the server's answer is no list; check that --server is a stemlathe service"
            );
        }
        std::ranges::move(objects_in(page, "items"), std::back_inserter(items));
        after = text_in(page, "next");
    } while (!after.empty());
    return items;
}

Patience Remote::patience() const {
    return Patience{settings_.retry, stop_, settings_.notice};
}

boost::json::object document_of(HttpReply const& reply) {
    boost::json::error_code error;
    auto value = boost::json::parse(reply.body, error);
    if (error || !value.is_object()) {
        throw unreachable(
            "the server's answer is no JSON document; check that --server is a stemlathe service"
        );
    }
    return std::move(value.as_object());
}

void require_success(HttpReply const& reply) {
    if (!reply.is_success()) {
        throw RemoteRefusal{reply};
    }
}

} // namespace stemlathe::service
