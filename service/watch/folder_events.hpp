#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>

namespace stemlathe::service {

/// Sleep that ends early when something changes in a folder (inotify(7)). Network file systems do
/// not tell of others' changes, so whoever waits looks for himself now and then.
class FolderEvents {
  public:
    /// Without inotify (its limit is reached) waits go on to their end.
    FolderEvents();
    FolderEvents(FolderEvents const&) = delete;
    FolderEvents& operator=(FolderEvents const&) = delete;
    ~FolderEvents();

    /// May be called again for a folder. One that is gone is forgotten by itself.
    void watch(std::filesystem::path const& folder) const;

    /// Until something happens, at most `time`, or somebody asks to stop.
    void wait(std::chrono::milliseconds time, std::stop_token const& stop) const;

  private:
    int events_; ///< inotify
    int wake_;   ///< eventfd: somebody asked to stop
};

} // namespace stemlathe::service
