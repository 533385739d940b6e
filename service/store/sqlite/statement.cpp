#include "service/store/sqlite/statement.hpp"

#include "kernels/base/assert.hpp"

#include <sqlite3.h>

namespace stemlathe::service {

namespace {

void check(int result) {
    if (result != SQLITE_OK) {
        throw SqliteError{result};
    }
}

/// A statement that was left in the middle would keep its transaction open.
struct Reset {
    sqlite3_stmt* statement;

    ~Reset() {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
};

bool is_blank(char const* text) {
    return std::string_view{text}.find_first_not_of(" \t\n;") == std::string_view::npos;
}

} // namespace

void Statement::Deleter::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* connection, std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    char const* rest = nullptr;
    std::string const text{sql}; // with a zero at its end, where `rest` may point
    check(sqlite3_prepare_v3(
        connection,
        text.c_str(),
        static_cast<int>(text.size()),
        SQLITE_PREPARE_PERSISTENT,
        &statement,
        &rest
    ));
    handle_.reset(statement);
    STEMLATHE_ASSERT(statement != nullptr && is_blank(rest)); // one statement, no more
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        names_.emplace_back(sqlite3_column_name(statement, i));
    }
    // SQLite numbers "$2" by where it first stands, PostgreSQL by its name.
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement); ++i) {
        auto const name = "$" + std::to_string(i);
        places_.push_back(sqlite3_bind_parameter_index(statement, name.c_str()));
    }
}

void Statement::bind(std::span<Value const> values) {
    STEMLATHE_ASSERT(values.size() == places_.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        int const place = places_[i];
        STEMLATHE_ASSERT(place > 0); // a number is left out in the statement
        if (auto const* const number = std::get_if<std::int64_t>(&values[i])) {
            check(sqlite3_bind_int64(handle_.get(), place, *number));
        } else if (auto const* const words = std::get_if<std::string>(&values[i])) {
            check(sqlite3_bind_text64(
                handle_.get(), place, words->data(), words->size(), SQLITE_STATIC, SQLITE_UTF8
            ));
        } else {
            check(sqlite3_bind_null(handle_.get(), place));
        }
    }
}

std::vector<Value> Statement::row() const {
    auto* const statement = handle_.get();
    std::vector<Value> values;
    values.reserve(names_.size());
    for (int i = 0; i < static_cast<int>(names_.size()); ++i) {
        int const type = sqlite3_column_type(statement, i);
        if (type == SQLITE_NULL) {
            values.emplace_back(nullptr);
        } else if (type == SQLITE_INTEGER) {
            values.emplace_back(std::int64_t{sqlite3_column_int64(statement, i)});
        } else {
            STEMLATHE_ASSERT(type == SQLITE_TEXT);
            auto const* const text =
                reinterpret_cast<char const*>(sqlite3_column_text(statement, i));
            auto const bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
            values.emplace_back(std::string{text, bytes});
        }
    }
    return values;
}

Rows Statement::run(std::span<Value const> values) {
    Reset const reset{handle_.get()};
    bind(values);
    std::vector<std::vector<Value>> rows;
    for (;;) {
        int const result = sqlite3_step(handle_.get());
        if (result == SQLITE_DONE) {
            return Rows{names_, std::move(rows)};
        }
        if (result != SQLITE_ROW) {
            throw SqliteError{result};
        }
        rows.push_back(row());
    }
}

Statement& StatementCache::find_or_prepare(sqlite3* connection, std::string_view sql) {
    constexpr std::size_t kStatementsMax = 512; // statements are put together from few parts
    std::string const key{sql};
    if (auto const found = statements_.find(key); found != statements_.end()) {
        return found->second;
    }
    if (statements_.size() >= kStatementsMax) {
        statements_.clear();
    }
    return statements_.emplace(key, Statement{connection, sql}).first->second;
}

} // namespace stemlathe::service
