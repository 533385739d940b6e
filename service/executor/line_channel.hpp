#pragma once

#include <boost/json/object.hpp>

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace stemlathe::service {

/// One JSON object per line over a stream socket, both ways: how a supervisor and its executor
/// talk. One thread receives; any thread sends.
class LineChannel {
  public:
    /// Takes the descriptor of a connected stream socket and closes it in the end.
    explicit LineChannel(int descriptor) noexcept;
    LineChannel(LineChannel const&) = delete;
    LineChannel& operator=(LineChannel const&) = delete;
    ~LineChannel();

    /// @returns false: the other side is gone, or takes nothing for five seconds
    [[nodiscard]] bool send(boost::json::object const& message);

    /// The next message, or nothing within `time` or once the other side is gone (is_over).
    /// @throws Failure{internal} a line is no JSON object, or longer than 16 MiB
    [[nodiscard]] std::optional<boost::json::object> receive(std::chrono::milliseconds time);

    /// The other side has closed, and all that it sent has been received.
    [[nodiscard]] bool is_over() const noexcept {
        return is_over_;
    }

  private:
    [[nodiscard]] std::optional<boost::json::object> take_line();
    void read_some();

    int descriptor_;
    std::mutex sending_;
    std::string text_{};       ///< received and not yet taken
    std::size_t searched_ = 0; ///< of it, without a line's end
    bool is_over_ = false;
};

} // namespace stemlathe::service
