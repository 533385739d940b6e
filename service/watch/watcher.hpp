#pragma once

#include "host/output/folder_lock.hpp"
#include "service/client/remote.hpp"
#include "service/client/submit.hpp"
#include "service/watch/drop_box.hpp"
#include "service/watch/folder_events.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

namespace stemlathe::service {

struct WatchSettings {
    std::filesystem::path folder{};          ///< where sessions are dropped
    std::filesystem::path state_folder{};    ///< where it is remembered how far each is
    RemoteSettings remote{};                 ///< the service, which may be this very process
    SubmitWish wish{};                       ///< preset, deliveries, class
    std::chrono::milliseconds quiet{10'000}; ///< without a change, then a folder is complete
    std::chrono::milliseconds look_every{2'000};
    std::chrono::milliseconds again_after{30'000}; ///< where the service did not answer
    std::size_t at_once = 4;                       ///< folders on their way
    Notice log{};                                  ///< one sentence for each thing that happens
};

/// Has the service master every session that is dropped into a folder: "song" becomes "song.result"
/// with everything that `stemlathe master` writes, or with FAILED.txt, which says why there is
/// nothing. A result appears as a whole. A folder is done once: its result says so, and until then
/// the submission's state, through restarts and kills at any moment.
class Watcher {
  public:
    /// Begins at once, in a thread of its own.
    /// @throws Failure{invalid_argument} the folder is none, or somebody else watches it;
    /// {storage_failed, storage_full} it cannot be written to
    explicit Watcher(WatchSettings settings);
    Watcher(Watcher const&) = delete;
    Watcher& operator=(Watcher const&) = delete;
    /// Stops within a moment; what was on its way goes on with the next watcher.
    ~Watcher() = default;

  private:
    using Clock = std::chrono::steady_clock;

    struct Job {
        std::atomic<bool> is_over = false;
        std::jthread thread{};
    };

    void watch(std::stop_token const& stop);
    void drop_finished();
    void start(std::filesystem::path const& session);
    void master(std::filesystem::path const& session, std::stop_token const& stop);
    void submit_and_fetch(std::filesystem::path const& session, std::stop_token const& stop);
    void publish_failure(std::filesystem::path const& session, std::string const& sentence);
    void say(std::string const& sentence) const;

    WatchSettings settings_;
    FolderLock lock_;
    DropBox box_;
    FolderEvents events_{};
    std::map<std::filesystem::path, Clock::time_point> not_before_{};
    std::map<std::filesystem::path, std::unique_ptr<Job>> jobs_{};
    std::jthread thread_; ///< last: it uses all of the above
};

} // namespace stemlathe::service
