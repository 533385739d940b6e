#pragma once

#include "service/store/database.hpp"
#include "service/store/move_store.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Tables as they are copied from one store to another. Private to service/store.
namespace stemlathe::service {

inline constexpr std::int64_t kRowsAtOnce = 500;

/// A table by its columns, whose names come from our own schema.
struct TableShape {
    std::string name{};
    std::vector<std::string> columns{};
};

/// In the order in which they were made: a row's parents are in earlier tables.
[[nodiscard]] std::vector<TableShape> shapes_of(Database& sqlite);

/// The SHA-256 of rows in whatever order they come.
class RowDigests {
  public:
    void add(TableShape const& shape, Row const& row);
    [[nodiscard]] MovedTable table(std::string name);

  private:
    std::vector<std::string> rows_{};
};

} // namespace stemlathe::service
