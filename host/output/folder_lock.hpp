#pragma once

#include <filesystem>
#include <string_view>

namespace stemlathe {

inline constexpr std::string_view kLockName = ".stemlathe-lock";

/// Holds OUT for one job. While it lives, OUT/.stemlathe-lock is locked; nobody who was killed
/// keeps a lock. Leaves no trace: the lock file goes, and folders it had to make go while empty.
class FolderLock {
  public:
    /// Makes the folder where it is missing.
    /// @throws Failure{invalid_argument} it is not a folder, or another job holds it;
    /// {storage_full, storage_failed} it cannot be made or written to
    explicit FolderLock(std::filesystem::path folder);
    FolderLock(FolderLock const&) = delete;
    FolderLock& operator=(FolderLock const&) = delete;
    ~FolderLock();

    [[nodiscard]] std::filesystem::path const& folder() const noexcept {
        return folder_;
    }

  private:
    void make_folder();
    void lock();
    void remove_made_folders() noexcept;

    std::filesystem::path folder_;
    std::filesystem::path first_made_; ///< the topmost folder that was missing; empty if none
    int descriptor_ = -1;
};

} // namespace stemlathe
