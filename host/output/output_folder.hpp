#pragma once

#include "host/output/folder_lock.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// OUT of a job. Locked while open; results are built in OUT/.stemlathe-*/ and moved in by
/// `publish`, so a reader of OUT sees each of them whole or not at all. Without `publish` nothing
/// in OUT changes and the building place is removed. Contract section 3.
class OutputFolder {
  public:
    /// Makes the folder where it is missing, takes its lock and clears what a killed job left.
    /// @throws Failure{storage_failed, storage_full}; {invalid_argument} it is a file, or another
    /// job writes there
    explicit OutputFolder(std::filesystem::path folder);
    OutputFolder(OutputFolder const&) = delete;
    OutputFolder& operator=(OutputFolder const&) = delete;
    ~OutputFolder();

    /// Where to write the file that becomes OUT/<relative>; its folders are made. May be called
    /// from several threads.
    [[nodiscard]] std::filesystem::path stage(std::filesystem::path const& relative);

    /// Syncs and renames every staged file that is there, manifest.json (`manifest`) last; then
    /// removes those files that the previous manifest lists as outputs and this one does not, and
    /// nothing else. Call once.
    /// @throws Failure{storage_full, storage_failed} that says which files are already in place
    void publish(std::string_view manifest);

    [[nodiscard]] std::filesystem::path const& folder() const noexcept;

  private:
    [[nodiscard]] std::vector<std::filesystem::path> staged_files() const;
    void prepare_places(std::vector<std::filesystem::path> const& files) const;
    void move_in(std::vector<std::filesystem::path> const& files) const;
    void remove_former(
        std::vector<std::string> const& former, std::vector<std::string> const& current
    ) const;

    FolderLock lock_; ///< first: it goes last
    std::filesystem::path staging_;
    bool published_ = false;
};

} // namespace stemlathe
