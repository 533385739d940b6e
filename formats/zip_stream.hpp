#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace stemlathe {

/// One file of an archive, whose size and checksum are known before its bytes are read.
struct ZipEntry {
    std::string name{}; ///< UTF-8, with "/" between folders
    std::int64_t bytes = 0;
    std::uint32_t crc32 = 0;
    std::function<std::shared_ptr<int const>()> open{}; ///< gives a descriptor for reading,
    std::string text{};                                 ///< or, where it is empty, the bytes
};

/// A ZIP archive that exists nowhere: any stretch of it can be read, in any order, so that a
/// download can be resumed. Files are stored, not compressed (audio does not get smaller); ZIP64
/// where sizes need it; no times, so that the same files are the same archive.
/// Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3.
class ZipStream {
  public:
    explicit ZipStream(std::vector<ZipEntry> entries);

    /// Of the whole archive.
    [[nodiscard]] std::int64_t bytes() const noexcept {
        return bytes_;
    }

    /// @returns how many bytes were read; fewer than asked also before the end, 0 only there
    /// @throws Failure{storage_failed} a file is shorter than it should be
    [[nodiscard]] std::size_t read_at(std::span<std::byte> into, std::int64_t offset);

  private:
    /// A stretch of the archive: bytes of its own, or those of an entry.
    struct Piece {
        std::int64_t begin = 0;
        std::int64_t bytes = 0;
        std::string text{};
        std::size_t entry = 0;
        bool is_file = false;
    };

    void add_text(std::string text);
    void add_entry(std::size_t index);

    std::vector<ZipEntry> entries_;
    std::vector<Piece> pieces_;
    std::int64_t bytes_ = 0;
    std::size_t opened_ = 0; ///< the entry that descriptor_ belongs to
    std::shared_ptr<int const> descriptor_;
};

} // namespace stemlathe
