#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

/// Private to service/client.
namespace stemlathe::service {

/// An open file of this machine, read or written at places that are named.
class LocalFile {
  public:
    /// @throws Failure{not_found, unreadable}
    [[nodiscard]] static LocalFile to_read(std::filesystem::path const& path);
    /// One that exists. @throws Failure{storage_failed}
    [[nodiscard]] static LocalFile to_write(std::filesystem::path const& path);

    LocalFile(LocalFile const&) = delete;
    LocalFile& operator=(LocalFile const&) = delete;
    ~LocalFile();

    /// @returns how many bytes were read, fewer than asked for only at the end of the file
    /// @throws Failure{unreadable}
    [[nodiscard]] std::size_t read_at(std::span<std::byte> into, std::int64_t offset) const;
    /// @throws Failure{storage_full, storage_failed}
    void write_at(std::span<std::byte const> bytes, std::int64_t offset);

  private:
    LocalFile(int descriptor, std::filesystem::path path) noexcept;

    int descriptor_;
    std::filesystem::path path_;
};

} // namespace stemlathe::service
