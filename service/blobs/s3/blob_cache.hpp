#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace stemlathe::service {

/// Copies of blobs on this machine's disk, the latest used up to so many bytes. Whoever has opened
/// or linked one keeps it. From any thread. Processes may share the folder, as `serve` and `worker`
/// on one machine do: each counts, and lets go of, what it brought there or found when it began.
class BlobCache {
  public:
    /// Takes up what lies there, unless the machine was started since: what was not on the disk
    /// then may look whole and not be.
    /// @throws Failure{storage_full, storage_failed}
    BlobCache(std::filesystem::path folder, std::int64_t bytes_most);

    /// Moves a file whose bytes hash to `digest` into the cache; it is gone from its old place, and
    /// nowhere where that is on another disk.
    void take_in(std::filesystem::path const& file, std::string const& digest, std::int64_t bytes);

    /// Null where it is not here.
    [[nodiscard]] std::shared_ptr<int const> open(std::string const& digest, std::int64_t bytes);

    /// Where it lies, or would.
    [[nodiscard]] std::filesystem::path path_of(std::string const& digest) const {
        return folder_ / digest;
    }

    void drop(std::string const& digest);

  private:
    struct Entry {
        std::int64_t bytes = 0;
        std::int64_t used = 0; ///< the higher, the later
    };

    void take_up();
    void forget(std::map<std::string, Entry>::iterator entry);
    void trim();

    std::filesystem::path folder_;
    std::int64_t bytes_most_;
    std::mutex mutex_;
    std::map<std::string, Entry> entries_;
    std::int64_t bytes_ = 0;
    std::int64_t clock_ = 0;
};

} // namespace stemlathe::service
