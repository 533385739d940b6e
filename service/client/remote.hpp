#pragma once

#include "service/client/http_client.hpp"
#include "service/client/patience.hpp"
#include "service/client/remote_failure.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stemlathe::service {

struct RemoteSettings {
    std::string server{}; ///< "https://mastering.example:8080"
    std::string token{};  ///< empty: ask without one
    ServerTrust trust{};
    RetryRules retry{};
    std::chrono::seconds silence{60}; ///< see HttpClient
    Notice notice{};
};

/// A server's "no", as a sentence that says what to do. Its name: "forbidden" for 401 and 403,
/// "not_found" for 404 and 410, "storage_full" where there is no room, "unreachable" for what no
/// such service says, else "invalid_argument".
class RemoteRefusal : public RemoteFailure {
  public:
    explicit RemoteRefusal(HttpReply const& reply);

    [[nodiscard]] int status() const noexcept {
        return status_;
    }

    /// The last part of the problem's type (RFC 9457): "not-approved"; empty where it has none.
    [[nodiscard]] std::string const& kind() const noexcept {
        return kind_;
    }

  private:
    int status_;
    std::string kind_;
};

/// A service as a program speaks to it: with its token, again and again until it answers, and with
/// its refusals in words. Not for two threads at once.
class Remote {
  public:
    /// @throws Failure{invalid_argument} the server's address is none
    Remote(RemoteSettings settings, std::stop_token stop);

    /// One try. @returns nothing where it failed for now; it has then waited for the next one
    /// @param path  "/v1/..."; in `call.url`
    [[nodiscard]] std::optional<HttpReply> attempt(HttpCall call, Patience& patience);
    /// Tries until there is an answer that stays, good or bad.
    [[nodiscard]] HttpReply exchange(HttpCall const& call);

    /// @throws RemoteFailure; Failure{cancelled}, as all below
    [[nodiscard]] boost::json::object
    get(std::string const& path, std::vector<std::pair<std::string, std::string>> fields = {});
    /// @param key  the Idempotency-Key: what is sent again under it is done once
    boost::json::object
    post(std::string const& path, boost::json::object const& body, std::string const& key);
    /// All pages of a list.
    [[nodiscard]] std::vector<boost::json::object> list(std::string const& path);

    [[nodiscard]] Patience patience() const;

    [[nodiscard]] std::string const& server() const noexcept {
        return settings_.server;
    }

    [[nodiscard]] std::stop_token const& stop() const noexcept {
        return stop_;
    }

  private:
    RemoteSettings settings_;
    std::stop_token stop_;
    HttpClient client_;
};

/// The answer's document. @throws RemoteFailure it is no JSON object: not such a service
[[nodiscard]] boost::json::object document_of(HttpReply const& reply);

/// @throws RemoteRefusal where the answer is none of 2xx
void require_success(HttpReply const& reply);

} // namespace stemlathe::service
