#pragma once

#include "service/store/events.hpp"
#include "service/webhooks/event_types.hpp"
#include "service/webhooks/outbox.hpp"
#include "tests/service/store/test_database.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace stemlathe::test {

using service::Attempted;
using service::Claimed;
using service::Outbox;
using service::Row;
using service::WebhookSettings;

inline constexpr std::int64_t kMinute_ms = 60'000;
inline constexpr std::int64_t kHour_ms = 60 * kMinute_ms;
inline constexpr std::int64_t kDay_ms = 24 * kHour_ms;
inline constexpr double kNoJitter = 0.5;
inline Attempted const kArrived{.status = 200};
inline Attempted const kRefused{.status = 500, .error = "the receiver answered 500"};
inline Attempted const kSilence{.error = "no answer came"};

inline WebhookSettings small_queue() {
    WebhookSettings settings;
    settings.queue_max = 3;
    settings.per_webhook_max = 2;
    return settings;
}

template <typename Store>
class OutboxOn : public ::testing::Test {
  protected:
    OutboxOn() {
        for (auto const* tenant : {"house", "anna", "bert"}) {
            add_tenant(database, tenant);
        }
    }

    void
    hook(std::string const& id, std::string const& tenant, std::string const& types = R"(["*"])") {
        database.query(
            "INSERT INTO webhook(id, tenant, name, url, types, key_id, secret, read_to, created, "
            "updated) VALUES($1, $2, '', 'https://' || $1 || '.example/', $3, 'key', 'sealed', $4, "
            "now_ms(), now_ms())",
            {id, tenant, types, service::end_of_log(database)}
        );
    }

    std::int64_t happen(
        std::string const& tenant,
        std::string const& type,
        std::string const& subject,
        std::string const& data = "{}"
    ) {
        service::Transaction transaction{database};
        auto const seq = service::append_event(
            database,
            {.tenant = tenant, .session = "ses_1", .type = type, .subject = subject, .data = data}
        );
        transaction.commit();
        return seq;
    }

    /// "webhook:type:subject" of what waits, in order.
    std::vector<std::string> waiting() {
        std::vector<std::string> all;
        for (auto const& row : database.query(
                 "SELECT * FROM webhook_delivery WHERE state='waiting' ORDER BY webhook, event"
             )) {
            all.push_back(row.text("webhook") + ":" + row.text("type") + ":" + row.text("subject"));
        }
        return all;
    }

    /// Subjects, in the order in which they are sent.
    std::vector<std::string> claimed_subjects(Outbox& from, std::int64_t count = 100) {
        std::vector<std::string> subjects;
        for (auto const& one : from.claim(database, count)) {
            claims.push_back(one);
            subjects.push_back(delivery(one.id).text("subject"));
        }
        std::ranges::sort(subjects);
        return subjects;
    }

    Row delivery(std::string const& id) {
        return database.query("SELECT * FROM webhook_delivery WHERE id=$1", {id}).front();
    }

    Row webhook(std::string const& id) {
        return database.query("SELECT * FROM webhook WHERE id=$1", {id}).front();
    }

    /// Claims the one that is due. There must be one.
    Claimed claim_one(Outbox& from) {
        auto const found = from.claim(database, 10);
        EXPECT_EQ(found.size(), 1U);
        return found.empty() ? Claimed{} : found.front();
    }

    /// Lets every attempt fail until it is given up.
    void give_up(Outbox& from) {
        for (std::size_t i = 0; i <= settings.retries.size(); ++i) {
            auto const one = claim_one(from);
            from.note(database, one, kSilence, kNoJitter);
            store.advance(delivery(one.id).integer("next_at") - store.now_ms());
        }
    }

    Store store;
    service::Database& database = store.database();
    WebhookSettings settings{};
    Outbox outbox{settings, "key"};
    std::vector<Claimed> claims{};
};

} // namespace stemlathe::test
