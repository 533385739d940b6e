#pragma once

#include "kernels/base/failure.hpp"

#include <toml++/toml.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

struct Range {
    double low;
    double high;
};

/// Reads one TOML table key by key; every complaint names the file, the key's path, the value and
/// what would be right. `finish` refuses keys that nobody asked for and names the nearest word.
class TableReader {
  public:
    /// @param path  where the table lies in the document, "stem[2].dynamics"; empty for the
    /// document itself
    TableReader(toml::table const& table, std::string file, std::string path, Code code);

    [[nodiscard]] std::optional<double> number(std::string_view key, Range range);
    [[nodiscard]] std::optional<std::int64_t> whole(std::string_view key, Range range);
    [[nodiscard]] std::optional<bool> boolean(std::string_view key);
    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    [[nodiscard]] std::optional<std::string>
    word(std::string_view key, std::vector<std::string_view> const& allowed);
    [[nodiscard]] std::optional<std::vector<double>> numbers(std::string_view key, Range range);
    [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view key);
    [[nodiscard]] std::optional<TableReader> table(std::string_view key);
    [[nodiscard]] std::vector<TableReader> tables(std::string_view key);

    /// The node itself for keys of several types, or nullptr. Counts as asked for.
    [[nodiscard]] toml::node const* node(std::string_view key);

    void finish() const;

    [[noreturn]] void fail(std::string_view key, std::string const& complaint) const;
    [[nodiscard]] std::string path_of(std::string_view key) const;

  private:
    toml::table const* table_;
    std::string file_;
    std::string path_;
    Code code_;
    std::vector<std::string> asked_;
};

/// Parses TOML text. @throws Failure{code} naming line and column
[[nodiscard]] toml::table parse_toml(std::string_view text, std::string const& file, Code code);

/// Reads a file of at most 4 MiB. @throws Failure{not_found} or {code}
[[nodiscard]] std::string read_text_file(std::filesystem::path const& path, Code code);

/// How a number is written: the shortest text that reads back as the same double, always with a
/// point.
[[nodiscard]] std::string toml_number(double value);

/// A quoted and escaped TOML basic string.
[[nodiscard]] std::string toml_text(std::string_view value);

} // namespace stemlathe
