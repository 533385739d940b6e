#include "service/http/listener.hpp"

#include "kernels/base/failure.hpp"
#include "service/http/connection.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace stemlathe::service {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// When the system has no descriptor left.
constexpr std::chrono::milliseconds kPauseTime{100};
constexpr int kBacklog = 4'096;

tcp::endpoint endpoint_of(HttpSettings const& settings) {
    error_code error;
    auto const address = asio::ip::make_address(settings.address, error);
    if (error) {
        throw Failure{
            Code::invalid_argument,
            "\"" + settings.address +
                "\" is no address to listen on; give one such as 127.0.0.1, "
                "0.0.0.0 or ::1."};
    }
    return {address, settings.port};
}

/// IPv4 clients of an IPv6 socket go by their IPv4 address.
std::string name_of(asio::ip::address const& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

} // namespace

Listener::Listener(Hub& hub) : hub_(hub), acceptor_(hub.io), pause_(hub.io) {
    auto const endpoint = endpoint_of(hub.settings);
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) {
        acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
    }
    if (!error) {
        acceptor_.bind(endpoint, error);
    }
    if (!error) {
        acceptor_.listen(kBacklog, error);
    }
    if (error) {
        throw Failure{
            Code::invalid_argument,
            "Cannot listen on " + hub.settings.address + ", port " +
                std::to_string(hub.settings.port) + ": " + error.message() +
                ". Give another address or port (0 picks a free one)."};
    }
}

std::uint16_t Listener::port() const {
    return acceptor_.local_endpoint().port();
}

void Listener::start() {
    asio::post(hub_.io, [this] { accept_next(); });
}

void Listener::stop() {
    asio::post(hub_.io, [this] {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel(ignored);
    });
}

void Listener::accept_next() {
    if (!acceptor_.is_open()) {
        return;
    }
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
        if (!acceptor_.is_open()) {
            return;
        }
        if (!error) {
            let_in(std::move(socket));
        }
        if (error == asio::error::no_descriptors || error == asio::error::no_memory ||
            error == asio::error::no_buffer_space) {
            pause_.expires_after(kPauseTime);
            pause_.async_wait([this](error_code) { accept_next(); });
        } else {
            accept_next();
        }
    });
}

void Listener::let_in(tcp::socket socket) {
    error_code error;
    auto const peer = socket.remote_endpoint(error);
    if (!error) {
        socket.native_non_blocking(true, error);
    }
    if (!error) {
        socket.set_option(tcp::no_delay{true}, error);
    }
    if (error) { // it has gone already
        return;
    }
    auto name = name_of(peer.address());
    int const descriptor = socket.native_handle();
    bool const has_room = hub_.has_room_for(name, descriptor);
    if (!has_room && !hub_.can_turn_away()) {
        return;
    }
    auto const& make_wire = hub_.settings.make_wire;
    try {
        auto wire = make_wire ? make_wire(descriptor) : plain_wire(descriptor);
        Connection::start(std::make_shared<Connection>(
            hub_, std::move(socket), std::move(wire), std::move(name), !has_room
        ));
    } catch (std::exception const&) { // memory is short: this one goes, the others stay
    }
}

} // namespace stemlathe::service
