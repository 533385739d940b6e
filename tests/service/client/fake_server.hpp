#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace stemlathe::test {

struct FakeRequest {
    std::string method{};
    std::string path{}; ///< as it came, escapes and all
    std::string query{};
    std::map<std::string, std::string, std::less<>> fields{}; ///< by lower-case name
    std::string body{};
    bool is_whole = true; ///< false: the link was cut in the middle of the body

    /// "" where there is none.
    [[nodiscard]] std::string field(std::string_view name) const;
};

struct FakeReply {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> fields{};
    std::string body{};
    std::optional<std::size_t> cut_after = std::nullopt; ///< bytes of the body; then the link ends
    bool is_lost = false;                                ///< the link ends before the answer
};

/// An HTTP/1.1 server on a port of its own that breaks off as it is told. Requests are handled one
/// at a time.
class FakeServer {
  public:
    using Handler = std::function<FakeReply(FakeRequest const&)>;
    /// After how many bytes of a request's body the link is cut; the request has no body yet.
    using Cutter = std::function<std::optional<std::size_t>(FakeRequest const&)>;

    explicit FakeServer(Handler handler);
    FakeServer(FakeServer const&) = delete;
    FakeServer& operator=(FakeServer const&) = delete;
    ~FakeServer();

    /// "http://127.0.0.1:PORT"
    [[nodiscard]] std::string address() const;

    void cut_bodies(Cutter cutter);

  private:
    void accept(std::stop_token const& stop);
    void serve(int socket, std::stop_token const& stop);
    [[nodiscard]] bool serve_one(int socket, std::string& read, std::stop_token const& stop);

    Handler handler_;
    Cutter cutter_{};
    std::mutex mutex_;
    int listener_ = -1;
    int port_ = 0;
    std::vector<std::jthread> connections_{};
    std::jthread acceptor_;
};

} // namespace stemlathe::test
