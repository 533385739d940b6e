#include "tests/service/http/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <system_error>
#include <utility>

namespace stemlathe::test {

namespace {

/// Far longer than any limit under test: only a hanging server meets it.
constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};

void check(int result, char const* what) {
    if (result < 0) {
        throw std::system_error{errno, std::generic_category(), what};
    }
}

sockaddr_in address_of(char const* text, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, text, &address.sin_addr);
    return address;
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

RawResponse parsed_head(std::string_view head) {
    RawResponse response;
    response.status = std::stoi(std::string{head.substr(9, 3)});
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.starts_with("\r\n")) {
        auto const end = head.find("\r\n");
        auto const line = head.substr(0, end);
        auto const colon = line.find(": ");
        response.fields[lower_case(std::string{line.substr(0, colon)})] = line.substr(colon + 2);
        head.remove_prefix(end + 2);
    }
    return response;
}

} // namespace

std::string RawResponse::field(std::string const& name) const {
    auto const found = fields.find(name);
    return found == fields.end() ? "" : found->second;
}

RawClient::RawClient(std::uint16_t port, char const* from, Road road)
    : RawClient{Fresh{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}} {
    check(socket_, "socket");
    auto const mine = address_of(from, 0);
    auto const theirs = address_of("127.0.0.1", port);
    int const on = 1;
    check(::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience), "option");
    check(::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "option");
    // A connect() decides about the port, which then may be used again for another peer.
    check(::setsockopt(socket_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on), "option");
    check(::bind(socket_, reinterpret_cast<sockaddr const*>(&mine), sizeof mine), "bind");
    check(::connect(socket_, reinterpret_cast<sockaddr const*>(&theirs), sizeof theirs), "connect");
    if (road == Road::tls) {
        shake_hands({});
    }
}

RawClient::RawClient(std::uint16_t port, RawTls::Wish const& wish) : RawClient{port} {
    shake_hands(wish);
}

void RawClient::shake_hands(RawTls::Wish const& wish) {
    tls_ = std::make_unique<RawTls>(socket_, wish);
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      tls_(std::move(other.tls_)),
      has_ended_(other.has_ended_),
      received_(std::move(other.received_)) {}

RawClient::~RawClient() {
    if (socket_ >= 0) {
        if (tls_) {
            tls_->finish();
        }
        ::close(socket_);
    }
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const count =
            tls_ ? tls_->send(bytes) : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void RawClient::finish_sending() {
    if (tls_) {
        tls_->finish();
    }
    break_off();
}

void RawClient::break_off() {
    ::shutdown(socket_, SHUT_WR);
}

void RawClient::vanish() {
    linger const at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(socket_, -1));
}

void RawClient::shrink_receive_buffer() {
    int const bytes = 4'096;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

bool RawClient::receive() {
    std::array<char, 65'536> piece{};
    auto const count = tls_ ? tls_->receive(piece) : ::recv(socket_, piece.data(), piece.size(), 0);
    if (count > 0) {
        received_.append(piece.data(), static_cast<std::size_t>(count));
        return true;
    }
    has_ended_ = count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    return false;
}

std::string RawClient::read_until(std::string_view text) {
    auto place = received_.find(text);
    while (place == std::string::npos && receive()) {
        place = received_.find(text);
    }
    auto const count = place == std::string::npos ? received_.size() : place + text.size();
    auto const read = received_.substr(0, count);
    received_.erase(0, count);
    return read;
}

RawResponse RawClient::response(bool has_body) {
    auto const head = read_until("\r\n\r\n");
    if (!head.ends_with("\r\n\r\n")) {
        return {};
    }
    auto response = parsed_head(head);
    auto const length = response.field("content-length");
    if (has_body && !length.empty()) {
        auto const wanted = std::stoul(length);
        while (received_.size() < wanted && receive()) {
        }
        response.body = received_.substr(0, wanted);
        received_.erase(0, response.body.size());
    }
    return response;
}

RawResponse RawClient::get(std::string_view path) {
    send("GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return response();
}

void RawClient::read_bytes(std::size_t bytes) {
    auto const wanted = received_.size() + bytes;
    while (received_.size() < wanted && receive()) {
    }
}

std::string RawClient::rest() {
    while (receive()) {
    }
    return std::exchange(received_, {});
}

} // namespace stemlathe::test
