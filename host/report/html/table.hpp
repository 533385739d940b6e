#pragma once

#include <string>
#include <utility>
#include <vector>

namespace stemlathe::html {

/// A table that scrolls by itself where the page is narrow. Cells are HTML: escape what is not
/// yours.
class Table {
  public:
    struct Column {
        std::string title{};
        bool is_number = false;
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    void row(std::vector<std::string> const& cells);

    [[nodiscard]] std::string text() const;

  private:
    std::vector<Column> columns_;
    std::string rows_;
};

} // namespace stemlathe::html
