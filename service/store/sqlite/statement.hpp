#pragma once

#include "service/store/database.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace stemlathe::service {

/// A statement that is compiled once and run many times.
class Statement {
  public:
    /// @throws SqliteError
    Statement(sqlite3* connection, std::string_view sql);

    /// Runs it to its end. There is one value for each parameter. @throws SqliteError
    [[nodiscard]] Rows run(std::span<Value const> values);

  private:
    struct Deleter {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };

    void bind(std::span<Value const> values);
    [[nodiscard]] std::vector<Value> row() const;

    std::unique_ptr<sqlite3_stmt, Deleter> handle_;
    std::vector<std::string> names_;
    std::vector<int> places_; ///< where SQLite keeps $1, $2, ...
};

/// The extended result code of a call that failed; becomes a Failure where the file is known.
struct SqliteError {
    int result = 0;
};

/// The statements that were run, by their text.
class StatementCache {
  public:
    /// @throws SqliteError
    [[nodiscard]] Statement& find_or_prepare(sqlite3* connection, std::string_view sql);

    void clear() noexcept {
        statements_.clear();
    }

  private:
    std::unordered_map<std::string, Statement> statements_;
};

} // namespace stemlathe::service
