#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

/// Rows of text in columns for people: the first column to the left, the others to the right where
/// they are numbers.
class Table {
  public:
    enum class Align { left, right };

    struct Column {
        std::string title{};
        Align align = Align::left;
    };

    explicit Table(std::vector<Column> columns);

    /// As many cells as there are columns.
    void row(std::vector<std::string> cells);

    /// Lines with a line break each; the title line first.
    [[nodiscard]] std::string text() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// "-14.0", or "-" where there is nothing to tell.
[[nodiscard]] std::string figure(std::optional<double> value, int decimals = 1);

} // namespace stemlathe::service
