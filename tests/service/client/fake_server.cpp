#include "tests/service/client/fake_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace stemlathe::test {

namespace {

constexpr int kTick_ms = 20;
constexpr std::string_view kEnd = "\r\n\r\n";

/// @returns false: the other side ended, or the test did
bool receive(int socket, std::string& into, std::stop_token const& stop) {
    while (!stop.stop_requested()) {
        pollfd one{.fd = socket, .events = POLLIN, .revents = 0};
        if (::poll(&one, 1, kTick_ms) <= 0) {
            continue;
        }
        std::array<char, 65536> piece{};
        auto const got = ::recv(socket, piece.data(), piece.size(), 0);
        if (got <= 0) {
            return false;
        }
        into.append(piece.data(), static_cast<std::size_t>(got));
        return true;
    }
    return false;
}

void send_all(int socket, std::string_view text) {
    while (!text.empty()) {
        auto const sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return; // the client hung up
        }
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
}

FakeRequest parse_head(std::string_view head) {
    FakeRequest request;
    auto line_end = head.find("\r\n");
    auto const line = head.substr(0, line_end);
    auto const first = line.find(' ');
    auto const second = line.find(' ', first + 1);
    request.method = line.substr(0, first);
    request.path = line.substr(first + 1, second - first - 1);
    if (auto const mark = request.path.find('?'); mark != std::string::npos) {
        request.query = request.path.substr(mark + 1);
        request.path.resize(mark);
    }
    while (line_end != std::string_view::npos) {
        head.remove_prefix(line_end + 2);
        line_end = head.find("\r\n");
        auto const field = head.substr(0, line_end);
        auto const colon = field.find(": ");
        if (colon == std::string_view::npos) {
            continue;
        }
        std::string name{field.substr(0, colon)};
        std::ranges::transform(name, name.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        request.fields[name] = field.substr(colon + 2);
    }
    return request;
}

std::string head_of(FakeReply const& reply) {
    std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " As Scripted\r\n";
    for (auto const& [name, value] : reply.fields) {
        text += name + ": " + value + "\r\n";
    }
    if (reply.status != 204) {
        text += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
    }
    return text + "\r\n";
}

} // namespace

std::string FakeRequest::field(std::string_view name) const {
    auto const found = fields.find(name);
    return found != fields.end() ? found->second : std::string{};
}

FakeServer::FakeServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, plain, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, plain, &size) != 0) {
        throw std::runtime_error{"cannot listen on loopback"};
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread{[this](std::stop_token const& stop) {
        accept(stop);
    }};
}

FakeServer::~FakeServer() {
    acceptor_.request_stop();
    acceptor_.join();
    for (auto& connection : connections_) {
        connection.request_stop();
    }
    connections_.clear();
    ::close(listener_);
}

std::string FakeServer::address() const {
    return "http://127.0.0.1:" + std::to_string(port_);
}

void FakeServer::cut_bodies(Cutter cutter) {
    std::scoped_lock const lock{mutex_};
    cutter_ = std::move(cutter);
}

void FakeServer::accept(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
        pollfd one{.fd = listener_, .events = POLLIN, .revents = 0};
        if (::poll(&one, 1, kTick_ms) <= 0) {
            continue;
        }
        int const socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket >= 0) {
            connections_.emplace_back([this, socket](std::stop_token const& end) {
                serve(socket, end);
                ::close(socket);
            });
        }
    }
}

void FakeServer::serve(int socket, std::stop_token const& stop) {
    std::string read;
    while (serve_one(socket, read, stop)) {
    }
}

bool FakeServer::serve_one(int socket, std::string& read, std::stop_token const& stop) {
    auto end = read.find(kEnd);
    while (end == std::string::npos) {
        if (!receive(socket, read, stop)) {
            return false;
        }
        end = read.find(kEnd);
    }
    auto request = parse_head(std::string_view{read}.substr(0, end));
    read.erase(0, end + kEnd.size());
    auto const length = request.field("content-length");
    auto const wanted = length.empty() ? std::size_t{0} : std::stoul(length);
    std::optional<std::size_t> cut;
    {
        std::scoped_lock const lock{mutex_};
        cut = cutter_ ? cutter_(request) : std::nullopt;
    }
    auto const enough = std::min(wanted, cut.value_or(wanted));
    while (read.size() < enough) {
        if (!receive(socket, read, stop)) {
            return false;
        }
    }
    request.body = read.substr(0, enough);
    request.is_whole = !cut.has_value();
    read.erase(0, enough);
    std::scoped_lock const lock{mutex_};
    auto const reply = handler_(request);
    if (cut || reply.is_lost) {
        return false;
    }
    send_all(socket, head_of(reply));
    if (request.method != "HEAD") {
        send_all(
            socket,
            std::string_view{reply.body}.substr(0, reply.cut_after.value_or(reply.body.size()))
        );
    }
    return !reply.cut_after.has_value();
}

} // namespace stemlathe::test
