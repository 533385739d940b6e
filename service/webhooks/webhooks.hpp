#pragma once

#include "service/store/database.hpp"
#include "service/webhooks/outbox.hpp"
#include "service/webhooks/secret_box.hpp"
#include "service/webhooks/sender.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace stemlathe::service {

/// Tells clients what happens: one thread that reads the log, claims what is due, sends it, and
/// notes what came of it. A delivery that was sent and not noted is sent again.
class Webhooks {
  public:
    /// Runs work on the application thread, waits for it, and tells others if it committed.
    using OnStore = std::function<void(std::function<void(Database&)> const&)>;

    Webhooks(WebhookSettings const& settings, SecretBox const& box, OnStore on_store);
    Webhooks(Webhooks const&) = delete;
    Webhooks& operator=(Webhooks const&) = delete;
    ~Webhooks();

    void start();

    /// Begins nothing new, waits two seconds for what is on its way and gives the rest back.
    void stop();

    /// Something was committed, here or elsewhere. From any thread.
    void wake() noexcept;

  private:
    using Clock = std::chrono::steady_clock;

    void work(std::stop_token const& stop);
    void look();
    void send(Claimed const& claimed, std::string const& secret);
    void note(std::vector<Posted> const& posted);
    void tidy();
    void give_back();

    WebhookSettings settings_;
    SecretBox const& box_;
    OnStore on_store_;
    Outbox outbox_;
    Sender sender_;
    std::map<std::string, Claimed> sent_{};
    std::atomic<bool> is_news_ = true;
    Clock::time_point tidied_{};
    std::jthread thread_{}; ///< the last, so that the rest outlives it
};

/// @throws Failure{invalid_argument} there are webhooks whose secrets another key sealed
void check_webhook_key(Database& database, SecretBox const& box);

} // namespace stemlathe::service
