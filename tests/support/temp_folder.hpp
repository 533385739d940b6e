#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::test {

/// A folder of its own for one test, removed at its end.
class TempFolder {
  public:
    TempFolder();
    TempFolder(TempFolder const&) = delete;
    TempFolder& operator=(TempFolder const&) = delete;
    ~TempFolder();

    [[nodiscard]] std::filesystem::path const& path() const noexcept {
        return path_;
    }

    [[nodiscard]] std::filesystem::path operator/(std::filesystem::path const& name) const {
        return path_ / name;
    }

  private:
    std::filesystem::path path_;
};

/// Writes a small file; its folders are made.
void write_file(std::filesystem::path const& path, std::string_view text);

[[nodiscard]] std::string read_file(std::filesystem::path const& path);

/// Everything below a folder as sorted relative paths, folders with "/" at the end.
[[nodiscard]] std::vector<std::string> tree_of(std::filesystem::path const& folder);

} // namespace stemlathe::test
