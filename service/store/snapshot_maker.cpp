#include "service/store/snapshot_maker.hpp"

#include "service/store/ids.hpp"
#include "service/store/sqlite/sqlite_failure.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::size_t kKept = 8;
constexpr char const* kSnapshots = "snapshots";

void make_snapshot_folder(std::filesystem::path const& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error || ::chmod(folder.c_str(), S_IRWXU) != 0) {
        throw system_failure(error ? error.value() : errno, "make", folder);
    }
}

void remove_old(std::filesystem::path const& folder) {
    auto const end = std::filesystem::file_time_type::clock::now() - std::chrono::hours{1};
    std::error_code ignored; // whoever took one may remove it at the same moment
    for (auto const& entry : std::filesystem::directory_iterator{folder, ignored}) {
        if (entry.last_write_time(ignored) < end) {
            std::filesystem::remove(entry.path(), ignored);
        }
    }
}

} // namespace

SnapshotMaker::SnapshotMaker(std::filesystem::path data, Copy copy, std::function<void()> ended)
    : data_{std::move(data)}, copy_{std::move(copy)}, ended_{std::move(ended)} {}

std::optional<MadeSnapshot> SnapshotMaker::begin() {
    std::lock_guard const lock{mutex_};
    if (is_over_) {
        return std::nullopt;
    }
    if (!last_.empty() && last_.back().state == MadeSnapshot::State::running) {
        return std::nullopt;
    }
    make_snapshot_folder(data_ / kSnapshots);
    auto const id = make_id("snp");
    MadeSnapshot snapshot{.id = id, .file = std::string{kSnapshots} + "/" + id + ".db"};
    last_.push_back(snapshot);
    if (last_.size() > kKept) {
        last_.pop_front();
    }
    // The one before has said that it is over: there is next to nothing left to wait for.
    thread_ = std::jthread{[this, snapshot](std::stop_token const& stop) {
        make(snapshot, stop);
    }};
    return snapshot;
}

std::optional<MadeSnapshot> SnapshotMaker::find(std::string const& id) const {
    std::lock_guard const lock{mutex_};
    auto const found = std::ranges::find(last_, id, &MadeSnapshot::id);
    return found == last_.end() ? std::nullopt : std::optional{*found};
}

void SnapshotMaker::stop() noexcept {
    std::lock_guard const lock{mutex_};
    is_over_ = true;
    thread_.request_stop();
}

void SnapshotMaker::stop_and_wait() noexcept {
    stop();
    if (thread_.joinable()) { // no other takes its place any more
        thread_.join();
    }
}

void SnapshotMaker::make(MadeSnapshot snapshot, std::stop_token const& stop) {
    try {
        remove_old(data_ / kSnapshots);
        copy_(std::filesystem::absolute(data_ / snapshot.file), stop);
        snapshot.state = MadeSnapshot::State::ready;
    } catch (std::exception const& error) {
        snapshot.state = MadeSnapshot::State::failed;
        snapshot.problem = error.what();
    }
    end(snapshot);
}

void SnapshotMaker::end(MadeSnapshot const& snapshot) {
    {
        std::lock_guard const lock{mutex_};
        *std::ranges::find(last_, snapshot.id, &MadeSnapshot::id) = snapshot;
    }
    ended_();
}

} // namespace stemlathe::service
