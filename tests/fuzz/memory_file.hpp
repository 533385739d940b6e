#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace stemlathe::test {

/// Bytes as a file that lives in memory: a fuzzer makes thousands a second.
class MemoryFile {
  public:
    explicit MemoryFile(std::span<std::uint8_t const> bytes);
    MemoryFile(MemoryFile const&) = delete;
    MemoryFile& operator=(MemoryFile const&) = delete;
    ~MemoryFile();

    [[nodiscard]] std::filesystem::path const& path() const noexcept {
        return path_;
    }

  private:
    int descriptor_;
    std::filesystem::path path_;
};

} // namespace stemlathe::test
