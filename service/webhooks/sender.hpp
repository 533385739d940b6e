#pragma once

#include "service/webhooks/outbox.hpp"
#include "service/webhooks/webhook_settings.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stemlathe::service {

/// One request to a webhook.
struct Post {
    std::string id{}; ///< of the delivery
    std::string url{};
    std::vector<std::pair<std::string, std::string>> fields{};
    std::string body{};
};

struct Posted {
    std::string id{};
    Attempted attempted{};
};

/// Sends many requests at once on one thread. Whatever a URL says, a connection is only made to an
/// address that the rules allow: they are asked at the moment when the socket for that very address
/// is made, so it does not matter what the name's next look-up would say (DNS rebinding).
/// Redirections are not followed, no proxy of the environment is asked, and no more than 64 KiB of
/// an answer are read.
class Sender {
  public:
    /// @param timeout  of one request, from the look-up of its name to the end of its answer
    Sender(TargetRules const& rules, std::chrono::milliseconds timeout);
    Sender(Sender const&) = delete;
    Sender& operator=(Sender const&) = delete;
    ~Sender();

    void begin(Post post);

    /// Goes on with what was begun, for `at_most` or until somebody wakes it or something ends.
    /// @returns what ended
    [[nodiscard]] std::vector<Posted> run(std::chrono::milliseconds at_most);

    [[nodiscard]] std::size_t running() const noexcept;

    /// From any thread.
    void wake() noexcept;

  private:
    struct Transfer;
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace stemlathe::service
