#pragma once

#include <boost/asio/io_context.hpp>

#include <memory>
#include <mutex>

namespace stemlathe::service {

class Connection;

/// The cord that a BodySink is given: pulled from any thread, also long after the request, the
/// connection and the server are gone.
class Interrupt : public std::enable_shared_from_this<Interrupt> {
  public:
    Interrupt(boost::asio::io_context& io, std::weak_ptr<Connection> connection);

    void pull();
    /// From here on pulling does nothing.
    void cut();

  private:
    std::mutex mutex_{};
    boost::asio::io_context* io_; ///< under mutex_; null once it is cut
    std::weak_ptr<Connection> connection_;
};

} // namespace stemlathe::service
