#include "service/store/crash_point.hpp"

#include "kernels/base/assert.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>

namespace stemlathe::service {

namespace {

struct SiteRow {
    CrashSite site;
    std::string_view name;
};

constexpr std::array kRows{
    SiteRow{CrashSite::commit_before, "commit_before"},
    SiteRow{CrashSite::commit_after, "commit_after"},
    SiteRow{CrashSite::checkpoint_before, "checkpoint_before"},
    SiteRow{CrashSite::checkpoint_after, "checkpoint_after"},
    SiteRow{CrashSite::publish_before_sync, "publish_before_sync"},
    SiteRow{CrashSite::publish_after_sync, "publish_after_sync"},
    SiteRow{CrashSite::publish_before_rename, "publish_before_rename"},
    SiteRow{CrashSite::publish_after_rename, "publish_after_rename"},
    SiteRow{CrashSite::publish_after_folder_sync, "publish_after_folder_sync"},
    SiteRow{CrashSite::publish_again_before_removal, "publish_again_before_removal"},
    SiteRow{CrashSite::publish_again_after_removal, "publish_again_after_removal"},
    SiteRow{CrashSite::remove_after_setting_aside, "remove_after_setting_aside"},
    SiteRow{CrashSite::remove_after_removal, "remove_after_removal"},
    SiteRow{CrashSite::garbage_before_mark, "garbage_before_mark"},
    SiteRow{CrashSite::garbage_after_mark, "garbage_after_mark"},
    SiteRow{CrashSite::garbage_before_row, "garbage_before_row"},
    SiteRow{CrashSite::garbage_after_row, "garbage_after_row"},
    SiteRow{CrashSite::claim_before_commit, "claim_before_commit"},
    SiteRow{CrashSite::claim_after_commit, "claim_after_commit"},
    SiteRow{CrashSite::heartbeat_before_commit, "heartbeat_before_commit"},
    SiteRow{CrashSite::heartbeat_after_commit, "heartbeat_after_commit"},
    SiteRow{CrashSite::complete_before_begin, "complete_before_begin"},
    SiteRow{CrashSite::complete_before_commit, "complete_before_commit"},
    SiteRow{CrashSite::complete_after_commit, "complete_after_commit"},
    SiteRow{CrashSite::fail_before_commit, "fail_before_commit"},
    SiteRow{CrashSite::fail_after_commit, "fail_after_commit"},
    SiteRow{CrashSite::release_before_commit, "release_before_commit"},
    SiteRow{CrashSite::release_after_commit, "release_after_commit"},
    SiteRow{CrashSite::cancel_before_commit, "cancel_before_commit"},
    SiteRow{CrashSite::cancel_after_commit, "cancel_after_commit"},
    SiteRow{CrashSite::cancelled_before_commit, "cancelled_before_commit"},
    SiteRow{CrashSite::cancelled_after_commit, "cancelled_after_commit"},
    SiteRow{CrashSite::reap_before_commit, "reap_before_commit"},
    SiteRow{CrashSite::reap_after_commit, "reap_after_commit"},
    SiteRow{CrashSite::upload_before_create, "upload_before_create"},
    SiteRow{CrashSite::upload_after_create, "upload_after_create"},
    SiteRow{CrashSite::upload_after_mark, "upload_after_mark"},
    SiteRow{CrashSite::upload_after_write, "upload_after_write"},
    SiteRow{CrashSite::upload_before_sync, "upload_before_sync"},
    SiteRow{CrashSite::upload_after_sync, "upload_after_sync"},
    SiteRow{CrashSite::upload_after_durable, "upload_after_durable"},
    SiteRow{CrashSite::upload_before_roll_back, "upload_before_roll_back"},
    SiteRow{CrashSite::upload_after_roll_back, "upload_after_roll_back"},
    SiteRow{CrashSite::upload_after_part, "upload_after_part"},
    SiteRow{CrashSite::upload_before_publish, "upload_before_publish"},
    SiteRow{CrashSite::upload_after_publish, "upload_after_publish"},
    SiteRow{CrashSite::upload_before_record, "upload_before_record"},
    SiteRow{CrashSite::upload_after_record, "upload_after_record"},
    SiteRow{CrashSite::upload_after_cleanup, "upload_after_cleanup"},
    SiteRow{CrashSite::upload_before_expire, "upload_before_expire"},
    SiteRow{CrashSite::upload_after_expire, "upload_after_expire"},
    SiteRow{CrashSite::webhook_before_note, "webhook_before_note"},
    SiteRow{CrashSite::webhook_after_note, "webhook_after_note"},
};

constexpr auto kSites = [] {
    std::array<CrashSite, kRows.size()> sites{};
    std::ranges::transform(kRows, sites.begin(), &SiteRow::site);
    return sites;
}();

constexpr int kNowhere = -1;

constexpr char const* kCrashAt = "STEMLATHE_CRASH_AT";
constexpr char const* kStopAt = "STEMLATHE_STOP_AT";

struct Order {
    std::atomic<int> site{kNowhere};
    std::atomic<int> passes_left{0};

    [[nodiscard]] bool is_now(CrashSite here) noexcept {
        return site == static_cast<int>(here) && --passes_left == 0;
    }
};

void give(Order& order, std::string_view text, char const* variable) {
    auto const colon = text.find(':');
    auto const row = std::ranges::find(kRows, text.substr(0, colon), &SiteRow::name);
    int count = 0;
    if (colon != std::string_view::npos) {
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), count);
    }
    if (!text.empty() && (row == kRows.end() || count < 1)) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} is \"{}\"; it must be <site>:<n>, as {}:1", variable, text, kRows.front().name
            )};
    }
    order.passes_left = count;
    order.site = text.empty() ? kNowhere : static_cast<int>(row->site);
}

struct StandingOrders {
    Order crash{};
    Order stop{};

    StandingOrders() {
        read(crash, kCrashAt);
        read(stop, kStopAt);
    }

    static void read(Order& order, char const* variable) {
        char const* const text = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
        give(order, text != nullptr ? text : "", variable);
    }
};

StandingOrders& standing_orders() {
    static StandingOrders orders;
    return orders;
}

} // namespace

std::span<CrashSite const> crash_sites() noexcept {
    return kSites;
}

std::string_view name_of(CrashSite site) noexcept {
    auto const row = std::ranges::find(kRows, site, &SiteRow::site);
    STEMLATHE_ASSERT(row != kRows.end());
    return row->name;
}

void arm_crash_point(std::string_view order) {
    give(standing_orders().crash, order, kCrashAt);
}

void arm_stop_point(std::string_view order) {
    give(standing_orders().stop, order, kStopAt);
}

void crash_point(CrashSite site) {
    auto& orders = standing_orders();
    if (orders.crash.is_now(site)) {
        ::_exit(kCrashStatus);
    }
    if (orders.stop.is_now(site)) {
        ::raise(SIGSTOP);
    }
}

} // namespace stemlathe::service
