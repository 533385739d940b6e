#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace stemlathe::service {

/// A copy of the database that was asked for.
struct MadeSnapshot {
    enum class State : std::uint8_t { running, ready, failed };

    std::string id{};   ///< "snp_..."
    std::string file{}; ///< below the data folder: "snapshots/snp_....db"
    State state = State::running;
    std::string problem{}; ///< why it failed
};

/// Makes snapshots, one at a time, on a thread of its own, while everybody else goes on. Files that
/// are older than an hour are removed when the next one is made: whoever asked for one has taken it
/// by then. Any thread.
class SnapshotMaker {
  public:
    /// Puts the database into a new file. Ends early, with a throw, when it is asked to stop.
    using Copy = std::function<void(std::filesystem::path const& file, std::stop_token const&)>;

    /// @param data   the data folder; snapshots go to its folder "snapshots"
    /// @param ended  told after each, from its thread
    SnapshotMaker(std::filesystem::path data, Copy copy, std::function<void()> ended);
    SnapshotMaker(SnapshotMaker const&) = delete;
    SnapshotMaker& operator=(SnapshotMaker const&) = delete;
    ~SnapshotMaker() = default; ///< waits for the copy, which it has stopped

    /// Begins one. @returns nothing: another one is being made, or it was stopped
    /// @throws Failure{storage_full, storage_failed} there can be no such file
    [[nodiscard]] std::optional<MadeSnapshot> begin();

    /// One of the last eight that were begun here.
    [[nodiscard]] std::optional<MadeSnapshot> find(std::string const& id) const;

    /// Ends the one that is being made, as failed, and begins no more. Does not wait.
    void stop() noexcept;
    /// The same; nobody is told of an end any more when this returns.
    void stop_and_wait() noexcept;

  private:
    void make(MadeSnapshot snapshot, std::stop_token const& stop);
    void end(MadeSnapshot const& snapshot);

    std::filesystem::path data_;
    Copy copy_;
    std::function<void()> ended_;
    mutable std::mutex mutex_{};
    bool is_over_ = false;
    std::deque<MadeSnapshot> last_{}; ///< the newest at the end
    std::jthread thread_{};           ///< last, so that it ends before what it uses
};

} // namespace stemlathe::service
