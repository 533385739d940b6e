#pragma once

#include "service/http/message.hpp"
#include "service/http/wire.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stemlathe::service {

/// What the front accepts. Each has a test.
struct HttpLimits {
    std::size_t head_bytes_max = 8192;
    std::size_t target_bytes_max = 2048;
    std::size_t fields_max = 64;
    std::size_t connections_max = 10'000;
    std::size_t connections_per_peer_max = 256;       ///< loopback is one peer among others
    std::chrono::milliseconds handshake_time{10'000}; ///< of TLS, from accepting to the last word
    std::chrono::milliseconds head_time{10'000};      ///< from the first byte to the empty line
    std::chrono::milliseconds body_time{30'000};      ///< a body that is read as a whole
    std::chrono::milliseconds idle_time{60'000};      ///< between requests
    std::chrono::milliseconds rate_window{20'000};
    std::size_t rate_bytes_min = 16'384;          ///< per second over the window, both ways
    std::chrono::milliseconds linger_time{2'000}; ///< drained after a refusal
    std::chrono::milliseconds ping_time{15'000};  ///< comment lines in a silent event stream
    std::size_t event_bytes_max =
        262'144; ///< of one batch; the stream ends after it, and is resumed
    std::chrono::milliseconds drain_time{30'000}; ///< for requests under way when it stops
};

struct HttpSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;        ///< 0: any free one
    std::vector<std::string> hosts{}; ///< names allowed in Host; empty: any (addresses always)
    /// Addresses of proxies: their X-Forwarded-For is believed, and their connections are not
    /// counted as those of one peer.
    std::vector<std::string> trusted_proxies{};
    HttpLimits limits{};
    /// The wire of a new connection, on the network's thread; a throw turns it away. None: plain.
    std::function<std::unique_ptr<Wire>(int socket)> make_wire{};
    /// Told of each request when its answer begins to go out, on the network's thread.
    /// @param received_bytes  of its body
    std::function<void(Request const& request, int status, std::int64_t received_bytes)> seen{};
};

/// The HTTP front: one thread for the network, one for the application, two for blobs, and some for
/// what waits for other machines.
class HttpServer {
  public:
    /// Listens at once. @throws Failure{invalid_argument} the address is wrong or taken
    HttpServer(HttpSettings const& settings, Application& application);
    HttpServer(HttpServer const&) = delete;
    HttpServer& operator=(HttpServer const&) = delete;
    ~HttpServer();

    [[nodiscard]] std::uint16_t port() const noexcept;

    /// Runs `work` on the application thread and waits for it; what it throws is thrown here.
    void on_application_thread(std::function<void()> const& work);

    /// Something was committed: event streams and waiting answers look again. From any thread.
    void wake() noexcept;

    /// Stops accepting, lets requests under way finish within the drain time, cuts off uploads
    /// (their clients resume) and event streams, and returns when every connection is gone.
    void stop();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace stemlathe::service
