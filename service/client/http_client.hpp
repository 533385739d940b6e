#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
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
    HttpClient(std::stop_token stop, std::chrono::seconds silence);
    HttpClient(HttpClient const&) = delete;
    HttpClient& operator=(HttpClient const&) = delete;
    ~HttpClient();

    /// Sends once. A body that nobody takes may have up to 64 MiB.
    /// @throws NetworkFailure; Failure{cancelled} somebody asked to stop; what `take` throws
    [[nodiscard]] HttpReply send(HttpCall const& call);

  private:
    struct Connection;

    std::stop_token stop_;
    std::chrono::seconds silence_;
    std::unique_ptr<Connection> connection_;
};

} // namespace stemlathe::service
