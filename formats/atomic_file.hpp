#pragma once

#include <filesystem>
#include <string_view>

namespace stemlathe {

/// A file that appears complete or not at all. It is written at `temporary()`, beside its final
/// place; `commit` makes it safe on disk and renames it. Without `commit` the temporary is removed.
class AtomicFile {
  public:
    /// Makes an empty temporary. @throws Failure{not_found, storage_full, storage_failed}
    explicit AtomicFile(std::filesystem::path final_path);
    AtomicFile(AtomicFile const&) = delete;
    AtomicFile& operator=(AtomicFile const&) = delete;
    ~AtomicFile();

    /// Where to write.
    [[nodiscard]] std::filesystem::path const& temporary() const noexcept {
        return temporary_;
    }

    [[nodiscard]] std::filesystem::path const& final_path() const noexcept {
        return final_path_;
    }

    /// Syncs the file, renames it over the final path (replacing what is there), syncs the folder.
    /// Call once. @throws Failure{storage_full, storage_failed}
    void commit();

    /// The same without a wait for the disk: for what somebody else makes safe, or needs only now.
    void commit_unsynced();

  private:
    std::filesystem::path final_path_;
    std::filesystem::path temporary_;
    bool committed_ = false;
};

/// Replaces the file by `text`, completely or not at all.
void write_text_atomically(std::filesystem::path const& path, std::string_view text);

/// Writes a file where nobody looks yet, and leaves it to `sync_to_disk` to make it last.
/// @throws Failure{not_found, storage_full, storage_failed}
void write_text(std::filesystem::path const& path, std::string_view text);

/// Makes a folder, and those above it, where they are missing. @throws Failure{storage_failed}
void make_folder(std::filesystem::path const& folder);

/// Waits until a file's bytes, or the renames in a folder, are on the disk.
/// @throws Failure{storage_full, storage_failed}
void sync_to_disk(std::filesystem::path const& file_or_folder);

} // namespace stemlathe
