#include "service/webhooks/webhooks.hpp"

#include "kernels/base/failure.hpp"
#include "service/log/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>

namespace stemlathe::service {

namespace {

using std::chrono::milliseconds;

// However much happens, the application thread has others to serve.
constexpr milliseconds kLook_min{100};
constexpr milliseconds kLook_max{1'000}; // retries come due without a word
constexpr milliseconds kPatience{2'000}; // of a stop, for what is on its way
constexpr std::chrono::minutes kTidy{1};

std::int64_t now_s() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch()
    )
        .count();
}

/// 0 to 1, the same for the same attempt: what failed together does not come again together.
double chance_of(Claimed const& claimed) {
    constexpr std::size_t kSteps = 1'000;
    auto const name = claimed.id + '/' + std::to_string(claimed.attempt);
    return static_cast<double>(std::hash<std::string>{}(name) % (kSteps + 1)) / kSteps;
}

} // namespace

Webhooks::Webhooks(WebhookSettings const& settings, SecretBox const& box, OnStore on_store)
    : settings_{settings},
      box_{box},
      on_store_{std::move(on_store)},
      outbox_{settings, box.key_id()},
      sender_{settings.targets, settings.timeout} {}

Webhooks::~Webhooks() {
    stop();
}

void Webhooks::start() {
    thread_ = std::jthread{[this](std::stop_token const& stop) {
        work(stop);
    }};
}

void Webhooks::stop() {
    thread_.request_stop();
    sender_.wake();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Webhooks::wake() noexcept {
    is_news_ = true;
    sender_.wake();
}

void Webhooks::work(std::stop_token const& stop) {
    Clock::time_point looked{};
    while (!stop.stop_requested()) {
        try {
            auto const since = Clock::now() - looked;
            if (since >= kLook_max || (since >= kLook_min && is_news_)) {
                is_news_ = false;
                looked = Clock::now();
                look();
                tidy();
            }
            auto const next = looked + (is_news_ ? Clock::duration{kLook_min} : kLook_max);
            auto const wait = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
            note(sender_.run(std::clamp(wait, milliseconds{1}, kLook_max)));
        } catch (std::exception const& error) {
            // The store may be away; what was sent and could not be noted is sent again.
            log(LogLevel::error, "webhooks", {{"error", error.what()}});
            std::this_thread::sleep_for(kLook_min);
        }
    }
    try {
        give_back();
    } catch (std::exception const& error) {
        log(LogLevel::error, "webhooks", {{"error", error.what()}});
    }
}

void Webhooks::look() {
    std::vector<Claimed> claimed;
    on_store_([&](Database& database) {
        outbox_.read_log(database);
        is_news_ = is_news_ || outbox_.is_behind();
        auto const room = settings_.at_once_max - static_cast<std::int64_t>(sender_.running());
        if (room > 0) {
            claimed = outbox_.claim(database, room);
        }
    });
    std::vector<Posted> unsent;
    for (auto& one : claimed) {
        auto const id = one.id;
        auto const& kept = sent_[id] = std::move(one);
        if (auto const secret = box_.open(kept.secret)) {
            send(kept, *secret);
        } else {
            unsent.push_back(
                {.id = id,
                 .attempted =
                     {.error = "the webhook's sealed secret was changed; :rotate makes a new one"}}
            );
        }
    }
    note(unsent);
}

void Webhooks::send(Claimed const& claimed, std::string const& secret) {
    auto const timestamp = now_s();
    auto signature = webhook_signature(secret, claimed.id, timestamp, claimed.body);
    if (auto const old = claimed.old_secret ? box_.open(*claimed.old_secret) : std::nullopt) {
        signature += " " + webhook_signature(*old, claimed.id, timestamp, claimed.body);
    }
    Post post{
        .id = claimed.id,
        .url = claimed.url,
        .fields =
            {{"Content-Type", "application/json"},
             {"webhook-id", claimed.id},
             {"webhook-timestamp", std::to_string(timestamp)},
             {"webhook-signature", signature}},
        .body = claimed.body};
    sender_.begin(std::move(post));
}

void Webhooks::note(std::vector<Posted> const& posted) {
    if (posted.empty()) {
        return;
    }
    is_news_ = true; // the next of the subject may go
    std::vector<Claimed> claimed;
    for (auto const& one : posted) {
        claimed.push_back(sent_.extract(one.id).mapped());
        if (!one.attempted.error.empty()) {
            log(LogLevel::warning,
                "webhook not delivered",
                {{"webhook", claimed.back().webhook},
                 {"delivery", one.id},
                 {"to", origin_of(claimed.back().url)},
                 {"attempt", claimed.back().attempt},
                 {"error", one.attempted.error}});
        }
    }
    on_store_([&](Database& database) {
        for (std::size_t i = 0; i < posted.size(); ++i) {
            auto const chance = chance_of(claimed[i]);
            if (outbox_.note(database, claimed[i], posted[i].attempted, chance)) {
                log(LogLevel::warning, "webhook disabled", {{"webhook", claimed[i].webhook}});
            }
        }
    });
}

void Webhooks::tidy() {
    if (Clock::now() - tidied_ < kTidy) {
        return;
    }
    tidied_ = Clock::now();
    std::int64_t forgotten = 1;
    while (forgotten > 0) {
        on_store_([&](Database& database) { forgotten = outbox_.tidy(database); });
    }
}

void Webhooks::give_back() {
    auto const end = Clock::now() + kPatience;
    while (!sent_.empty() && Clock::now() < end) {
        note(sender_.run(kLook_min));
    }
    on_store_([&](Database& database) {
        for (auto const& [id, claimed] : sent_) {
            outbox_.release(database, claimed);
        }
    });
}

void check_webhook_key(Database& database, SecretBox const& box) {
    auto const other = database.query(
        "SELECT id FROM webhook WHERE deleted IS NULL AND key_id<>$1 LIMIT 1", {box.key_id()}
    );
    if (!other.empty()) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the secret of webhook {} was sealed with another key than {}; every serve on one "
                "database needs the same key: copy the file from the other machine, or name it as "
                "[webhooks] key_file",
                other.front().text("id"),
                box.file().string()
            )}
            .about_file(box.file().string())
            .about_key("webhooks.key_file");
    }
}

} // namespace stemlathe::service
