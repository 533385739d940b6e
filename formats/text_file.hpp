#pragma once

#include "formats/atomic_file.hpp"
#include "formats/file.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace stemlathe {

/// A long text that is written piece by piece and appears complete or not at all.
class TextFile {
  public:
    /// @throws Failure{not_found, storage_full, storage_failed}, as all of them
    explicit TextFile(std::filesystem::path const& path);

    void append(std::string_view text);

    /// Makes it safe on disk, under its name. Call once.
    void commit();

  private:
    AtomicFile atomic_;
    formats::File file_;
    std::int64_t bytes_ = 0;
};

} // namespace stemlathe
