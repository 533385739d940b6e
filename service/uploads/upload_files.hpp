#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe::service {

/// One file per upload, on the blob store's file system. Its size is the upload's offset, so that
/// a `kill -9` cannot leave offset and bytes at odds.
class UploadFiles {
  public:
    /// Makes the folder. @throws Failure{storage_full, storage_failed}
    explicit UploadFiles(std::filesystem::path folder);

    [[nodiscard]] std::filesystem::path path_of(std::string const& id) const;

    /// Makes it empty, under a name that lasts through a power cut.
    void create(std::string const& id) const;

    /// 0 where there is none.
    [[nodiscard]] std::int64_t size_of(std::string const& id) const;

    void truncate(std::string const& id, std::int64_t bytes) const;

    /// Makes the file anew with its first bytes, so that whoever still has the old one open writes
    /// to what has no name any more. It lasts through a power cut.
    /// @param bytes  as many as are durable
    void renew(std::string const& id, std::int64_t bytes) const;

    /// The file and its mark.
    void remove(std::string const& id) const noexcept;

    /// Says that what lies behind `offset` has not been checked against its checksum.
    void mark_unverified(std::string const& id, std::int64_t offset) const;
    void clear_mark(std::string const& id) const;

    /// Cuts off what was not verified by a process that died, and makes a file where none is left.
    /// @returns the size
    std::int64_t settle(std::string const& id) const;

    /// The ids of all that have a file.
    [[nodiscard]] std::vector<std::string> ids() const;

    /// Whether nobody has written to it for a day, also not at all.
    [[nodiscard]] bool is_old(std::string const& id) const noexcept;

  private:
    [[nodiscard]] std::filesystem::path mark_of(std::string const& id) const;

    std::filesystem::path folder_;
};

} // namespace stemlathe::service
