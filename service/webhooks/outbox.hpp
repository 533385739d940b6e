#pragma once

#include "service/store/database.hpp"
#include "service/webhooks/webhook_settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The way of an event from the log to a webhook, as far as the database knows it. No network.
namespace stemlathe::service {

/// A delivery that was taken to be sent, now and by nobody else.
struct Claimed {
    std::string id{};
    std::string webhook{};
    std::string url{};
    std::string body{};
    std::string secret{};                                 ///< sealed
    std::optional<std::string> old_secret = std::nullopt; ///< sealed; still signs
    std::int64_t fence = 0;
    std::int64_t attempt = 0; ///< from 1
};

/// What came of an attempt.
struct Attempted {
    int status = 0;      ///< of the answer; 0: none came
    std::string error{}; ///< why not, as a sentence
};

/// The outbox of one process; several on one database share it. Each call is for the application
/// thread and, where it changes something, a transaction of its own.
class Outbox {
  public:
    /// @param key_id  claims only what this process's key opens
    Outbox(WebhookSettings settings, std::string key_id);

    /// Makes deliveries of the events that came since: each webhook has a place in the log, up to
    /// which it was read, and reads on as long as fewer than `queue_max` of its deliveries wait. So
    /// nothing is lost with a full queue; it stays in the log. Some hundreds at a time, for the
    /// application thread has others to serve. @returns how many were made
    std::int64_t read_log(Database& database);

    /// There was more to read than at a time.
    [[nodiscard]] bool is_behind() const noexcept {
        return is_behind_;
    }

    /// Takes what is due, at most `count`: of each subject of a webhook only the oldest event that
    /// is neither delivered nor given up, of each webhook at most `per_webhook_max` at a time.
    [[nodiscard]] std::vector<Claimed> claim(Database& database, std::int64_t count) const;

    /// Notes what came of it: delivered (2xx), to be repeated, or given up; 410 disables the
    /// webhook, as days of giving up do. What is no longer ours is left alone.
    /// @param chance  0 to 1: retries come up to a tenth earlier or later
    /// @returns whether the webhook was disabled, of which there is an event
    bool note(Database& database, Claimed const& claimed, Attempted const& attempted, double chance)
        const;

    /// Gives back what was not sent after all; the attempt does not count.
    void release(Database& database, Claimed const& claimed) const;

    /// Forgets deliveries that were done long ago, a thousand at a time, and old secrets.
    /// @returns how many deliveries; call it until 0
    std::int64_t tidy(Database& database) const;

  private:
    enum class Reading : std::uint8_t { done, further, full };

    [[nodiscard]] Reading
    read_for(Database& database, std::string const& webhook, std::int64_t& made);
    [[nodiscard]] bool has_failed_long(Database& database, std::string const& webhook) const;

    WebhookSettings settings_;
    std::string key_id_;
    bool is_behind_ = false;
    std::int64_t newest_ = -1;                   ///< nothing is newer, and nobody has more to read
    std::map<std::string, std::int64_t> read_{}; ///< events that were looked at for nothing
};

/// The end of the log: a webhook hears of what comes after it was made or enabled.
[[nodiscard]] std::int64_t end_of_log(Database& database);

/// How many deliveries of a webhook wait.
[[nodiscard]] std::int64_t count_waiting_deliveries(Database& database, std::string const& webhook);

/// Sends an event of the type webhook.test to one webhook. @returns the id of its delivery
std::string
make_test_delivery(Database& database, std::string const& webhook, std::string const& tenant);

/// Stops a webhook and gives up what waits for it, within the caller's transaction.
/// @param why  a word: "gone", "failing", "request"
void disable_webhook(Database& database, std::string const& webhook, std::string const& why);

} // namespace stemlathe::service
