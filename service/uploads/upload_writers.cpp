#include "service/uploads/upload_writers.hpp"

#include <utility>

namespace stemlathe::service {

UploadWriters::UploadWriters(std::string process, WriterPeriods periods)
    : process_{std::move(process)}, periods_{periods} {}

bool UploadWriters::claim(Database& database, Upload& upload) const {
    if (!is_shared()) {
        return true;
    }
    auto const rows = database.query(
        "UPDATE upload SET writer=$2, wanted=0 WHERE id=$1 AND writer IS NULL AND state=$3 AND "
        "durable=$4 RETURNING id",
        {upload.id, process_, upload.state, upload.durable}
    );
    if (rows.empty()) {
        return false;
    }
    upload.writer = process_;
    return true;
}

void UploadWriters::release(Database& database, std::string const& upload) const {
    if (is_shared()) {
        database.query(
            "UPDATE upload SET writer=NULL, wanted=0 WHERE id=$1 AND writer=$2", {upload, process_}
        );
    }
}

void UploadWriters::want(std::string const& upload) {
    {
        std::lock_guard const lock{mutex_};
        wishes_.insert(upload);
    }
    ring();
}

std::set<std::string> UploadWriters::take_wishes() {
    std::lock_guard const lock{mutex_};
    return std::exchange(wishes_, {});
}

bool UploadWriters::is_alive() const noexcept {
    return !is_shared() || Clock::now() - renewed_.load() < periods_.alive;
}

bool UploadWriters::is_settled() const noexcept {
    return is_alive() && Clock::now() - settling_since_.load() >= periods_.settle;
}

bool UploadWriters::is_renewal_due() const noexcept {
    return Clock::now() - renewed_.load() >= periods_.renew;
}

void UploadWriters::renewed(Clock::time_point begun) noexcept {
    if (!is_alive()) {
        settling_since_ = Clock::now();
    }
    renewed_ = begun;
}

void UploadWriters::ring() noexcept {
    std::lock_guard const lock{mutex_};
    is_rung_ = true;
    rung_.notify_all();
}

void UploadWriters::wait(std::stop_token const& stop, std::chrono::milliseconds time) {
    std::unique_lock lock{mutex_};
    rung_.wait_for(lock, stop, time, [&] { return is_rung_; });
    is_rung_ = false;
}

} // namespace stemlathe::service
