#pragma once

#include "service/http/hub.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>

namespace stemlathe::service {

/// Accepts connections for the hub, and turns away those it has no room for.
class Listener {
  public:
    /// Binds at once. @throws Failure{invalid_argument} the address is wrong or taken
    explicit Listener(Hub& hub);

    [[nodiscard]] std::uint16_t port() const;
    void start();
    /// From any thread.
    void stop();

  private:
    void accept_next();
    void let_in(boost::asio::ip::tcp::socket socket);

    Hub& hub_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
};

} // namespace stemlathe::service
