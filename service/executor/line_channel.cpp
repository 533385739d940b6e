#include "service/executor/line_channel.hpp"

#include "kernels/base/failure.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace stemlathe::service {

namespace {

constexpr std::size_t kLineMax = std::size_t{16} << 20U;
constexpr time_t kSend_s_max = 5;

} // namespace

LineChannel::LineChannel(int descriptor) noexcept : descriptor_{descriptor} {
    timeval const patience{.tv_sec = kSend_s_max, .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

LineChannel::~LineChannel() {
    ::close(descriptor_);
}

bool LineChannel::send(boost::json::object const& message) {
    auto const line = boost::json::serialize(message) + "\n";
    std::lock_guard const lock{sending_};
    for (std::size_t sent = 0; sent < line.size();) {
        auto const count =
            ::send(descriptor_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        sent += static_cast<std::size_t>(count);
    }
    return true;
}

std::optional<boost::json::object> LineChannel::receive(std::chrono::milliseconds time) {
    if (auto line = take_line()) {
        return line;
    }
    pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (!is_over_ && ::poll(&waiting, 1, static_cast<int>(time.count())) > 0) {
        read_some();
    }
    return take_line();
}

void LineChannel::read_some() {
    std::array<char, 65'536> piece{};
    auto const count = ::read(descriptor_, piece.data(), piece.size());
    if (count > 0) {
        text_.append(piece.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
        is_over_ = true; // what it began to say and did not end is not a message
    }
}

std::optional<boost::json::object> LineChannel::take_line() {
    auto const end = text_.find('\n', searched_);
    if (end == std::string::npos) {
        searched_ = text_.size();
        if (text_.size() > kLineMax) {
            throw Failure{Code::internal, "the other process sent a line without an end"};
        }
        return std::nullopt;
    }
    boost::json::error_code error;
    auto message = boost::json::parse(std::string_view{text_}.substr(0, end), error);
    text_.erase(0, end + 1);
    searched_ = 0;
    if (error || !message.is_object()) {
        throw Failure{Code::internal, "the other process sent a line that is no JSON object"};
    }
    return std::move(message.as_object());
}

} // namespace stemlathe::service
