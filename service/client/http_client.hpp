#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP from the asking side.
namespace stemlathe::service {

/// No whole answer came: no connection, a cut one, silence. The same call may succeed later.
class NetworkFailure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The server that answers is not shown to be the one that was asked for.
class CertificateFailure : public NetworkFailure {
  public:
    using NetworkFailure::NetworkFailure;
};

/// By what a server at https:// is known, beside the authorities that this machine trusts.
struct ServerTrust {
    std::filesystem::path authorities{}; ///< more of them, in PEM; empty: none
    /// Asked before each call: the server has this key, "sha256//..." (RFC 7469, 2.4), and whoever
    /// vouches for it or not does not matter.
    std::function<std::string()> key_pin{};
};

/// Status and fields of an answer; its body as far as nobody took it.
struct HttpReply {
    int status = 0;
    std::map<std::string, std::string, std::less<>> fields{}; ///< by lower-case name
    std::string body{};

    /// Empty where there is none.
    [[nodiscard]] std::string_view field(std::string_view name) const;

    [[nodiscard]] bool is_success() const noexcept {
        return status >= 200 && status < 300;
    }
};

struct HttpCall {
    std::string method = "GET";
    std::string url{};
    std::vector<std::pair<std::string, std::string>> fields{};
    std::optional<std::string> body = std::nullopt;

    /// Takes the body of a 2xx answer as it comes, instead of HttpReply::body.
    std::function<void(HttpReply const& head, std::span<std::byte const> bytes)> take{};
    /// Told now and then how much of the body has been sent.
    std::function<void(std::int64_t bytes)> sent{};
};

/// One connection at a time, kept open between calls to the same server. Redirections are not
/// followed: a token is for one server. Not for two threads at once.
class HttpClient {
  public:
    /// @param silence  so long nothing may move before a call counts as cut off; at least 1 s
    HttpClient(std::stop_token stop, std::chrono::seconds silence, ServerTrust trust = {});
    HttpClient(HttpClient const&) = delete;
    HttpClient& operator=(HttpClient const&) = delete;
    ~HttpClient();

    /// Sends once. A body that nobody takes may have up to 64 MiB.
    /// @throws NetworkFailure, CertificateFailure; Failure{cancelled} somebody asked to stop; what
    /// `take` throws
    [[nodiscard]] HttpReply send(HttpCall const& call);

  private:
    struct Connection;

    std::stop_token stop_;
    std::chrono::seconds silence_;
    ServerTrust trust_;
    std::unique_ptr<Connection> connection_;
};

} // namespace stemlathe::service
