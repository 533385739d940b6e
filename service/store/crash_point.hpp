#pragma once

#include <cstdint>
#include <span>
#include <string_view>

/// Places where a test lets the process die, as a power cut or `kill -9` would: around everything
/// that makes a change last. STEMLATHE_CRASH_AT=<site>:<n> ends it the n-th time it comes by,
/// STEMLATHE_STOP_AT=<site>:<n> stops it there (SIGSTOP) until somebody lets it go on (SIGCONT).
namespace stemlathe::service {

/// One row here, one in crash_point.cpp's table, one call: and the tests that enumerate them all
/// crash there too.
enum class CrashSite : std::uint8_t {
    commit_before,
    commit_after,
    checkpoint_before,
    checkpoint_after,
    publish_before_sync,
    publish_after_sync,
    publish_before_rename,
    publish_after_rename,
    publish_after_folder_sync,
    publish_again_before_removal,
    publish_again_after_removal,
    remove_after_setting_aside,
    remove_after_removal,
    garbage_before_mark,
    garbage_after_mark,
    garbage_before_row,
    garbage_after_row,
    claim_before_commit,
    claim_after_commit,
    heartbeat_before_commit,
    heartbeat_after_commit,
    complete_before_begin,
    complete_before_commit,
    complete_after_commit,
    fail_before_commit,
    fail_after_commit,
    release_before_commit,
    release_after_commit,
    cancel_before_commit,
    cancel_after_commit,
    cancelled_before_commit,
    cancelled_after_commit,
    reap_before_commit,
    reap_after_commit,
    upload_before_create,
    upload_after_create,
    upload_after_mark,
    upload_after_write,
    upload_before_sync,
    upload_after_sync,
    upload_after_durable,
    upload_before_roll_back,
    upload_after_roll_back,
    upload_after_part,
    upload_before_publish,
    upload_after_publish,
    upload_before_record,
    upload_after_record,
    upload_after_cleanup,
    upload_before_expire,
    upload_after_expire,
    webhook_before_note,
    webhook_after_note,
};

/// All of them, for tests that enumerate.
[[nodiscard]] std::span<CrashSite const> crash_sites() noexcept;

/// "publish_before_rename"
[[nodiscard]] std::string_view name_of(CrashSite site) noexcept;

/// The exit status of a process that crashed on order.
inline constexpr int kCrashStatus = 86;

/// "<site>:<n>", n from 1; "" for none. Forgets what was counted. A program is armed from its
/// environment by itself; a test's forked child calls this.
/// @throws Failure{invalid_argument} there is no such site
void arm_crash_point(std::string_view order);

/// The same for the place where it stops.
void arm_stop_point(std::string_view order);

/// Ends or stops the process at once if this is the place and the time.
/// @throws Failure{invalid_argument} at the first call where one of the variables is malformed
void crash_point(CrashSite site);

} // namespace stemlathe::service
