#pragma once

#include "service/store/database.hpp"
#include "service/uploads/upload_rows.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

namespace stemlathe::service {

/// How long processes wait for each other.
struct WriterPeriods {
    std::chrono::milliseconds renew{2'000};  ///< between two signs of life
    std::chrono::milliseconds alive{10'000}; ///< whose last one is older writes no more himself,
    std::chrono::milliseconds gone{15'000};  ///< and loses what he writes to,
    std::chrono::milliseconds settle{5'000}; ///< to one who has had the database for so long
};

/// Which process writes to an upload, where several share a store: a row's `writer`. Any thread,
/// but what takes a Database belongs to the application's.
class UploadWriters {
  public:
    /// @param process  names this one; empty: it is alone, and nobody is asked
    UploadWriters(std::string process, WriterPeriods periods);

    [[nodiscard]] bool is_shared() const noexcept {
        return !process_.empty();
    }

    [[nodiscard]] std::string const& process() const noexcept {
        return process_;
    }

    [[nodiscard]] WriterPeriods const& periods() const noexcept {
        return periods_;
    }

    /// Takes an upload that nobody writes to, as it was read; it then says so.
    /// @returns false: somebody does, or did meanwhile
    [[nodiscard]] bool claim(Database& database, Upload& upload) const;
    void release(Database& database, std::string const& upload) const;

    /// Somebody here would like to go on with an upload that another process writes to.
    void want(std::string const& upload);
    /// What was wanted since the last call.
    [[nodiscard]] std::set<std::string> take_wishes();

    /// False where this process was not able to say that it lives: others may have taken over.
    [[nodiscard]] bool is_alive() const noexcept;
    /// Whether it has been for long enough to call others dead.
    [[nodiscard]] bool is_settled() const noexcept;
    [[nodiscard]] bool is_renewal_due() const noexcept;
    /// The sign of life was given. @param begun  when it was begun
    void renewed(std::chrono::steady_clock::time_point begun) noexcept;

    /// Somebody changed something, or wants to: `wait` returns.
    void ring() noexcept;
    void wait(std::stop_token const& stop, std::chrono::milliseconds time);

  private:
    using Clock = std::chrono::steady_clock;

    std::string process_;
    WriterPeriods periods_;
    std::atomic<Clock::time_point> renewed_{Clock::time_point{}};
    std::atomic<Clock::time_point> settling_since_{Clock::time_point{}};
    std::mutex mutex_{};
    std::condition_variable_any rung_{};
    bool is_rung_ = false;
    std::set<std::string> wishes_{};
};

} // namespace stemlathe::service
