#include "service/http/interrupt.hpp"

#include "service/http/connection.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace stemlathe::service {

Interrupt::Interrupt(boost::asio::io_context& io, std::weak_ptr<Connection> connection)
    : io_(&io), connection_(std::move(connection)) {}

void Interrupt::pull() {
    std::lock_guard const lock{mutex_};
    if (io_ == nullptr) {
        return;
    }
    boost::asio::post(*io_, [self = shared_from_this()] {
        if (auto const connection = self->connection_.lock()) {
            connection->interrupt(*self);
        }
    });
}

void Interrupt::cut() {
    std::lock_guard const lock{mutex_};
    io_ = nullptr;
}

} // namespace stemlathe::service
