#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace stemlathe::cpu {

/// A file without a name: gone when closed, however the process ends. Positional reads and writes,
/// so several threads may read at once.
class ScratchFile {
  public:
    /// @param directory  where it lies; empty means the system's temporary directory
    /// @throws Failure{storage_failed} with the directory's name
    explicit ScratchFile(std::filesystem::path const& directory);
    ScratchFile(ScratchFile const&) = delete;
    ScratchFile& operator=(ScratchFile const&) = delete;
    ~ScratchFile();

    /// @throws Failure{storage_full} or {storage_failed}
    void write(std::span<std::byte const> bytes, std::int64_t offset);

    /// Reads exactly bytes.size() bytes. @throws Failure{storage_failed}
    void read(std::span<std::byte> bytes, std::int64_t offset) const;

  private:
    std::filesystem::path directory_;
    int descriptor_ = -1;
};

} // namespace stemlathe::cpu
