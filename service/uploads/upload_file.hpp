#pragma once

#include "kernels/base/failure.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace stemlathe::service {

/// "cannot <action> <path>: <why>", as storage_full where room is short, else storage_failed.
[[nodiscard]] Failure
upload_failure(int error, std::string_view action, std::filesystem::path const& path);

/// An upload's file, open for writing.
class UploadFile {
  public:
    /// Makes it where it is missing. @throws Failure{storage_full, storage_failed}
    explicit UploadFile(std::filesystem::path path);
    UploadFile(UploadFile const&) = delete;
    UploadFile& operator=(UploadFile const&) = delete;
    ~UploadFile();

    [[nodiscard]] std::int64_t bytes() const;

    /// Writes at `position`, which is then behind the last byte that was written, also after a
    /// throw. @throws Failure{storage_full, storage_failed}
    void write(std::span<std::byte const> bytes, std::int64_t& position);

    /// Appends all of another file. @throws Failure{storage_full, storage_failed}
    void append(std::filesystem::path const& other);

    /// Returns when what was written lasts through a power cut. After a throw it must not be called
    /// again for the same bytes: the kernel may have dropped them and would say yes.
    void sync();

    void truncate(std::int64_t bytes);

  private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

} // namespace stemlathe::service
