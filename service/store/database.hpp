#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// SQL behind one interface: the same text for SQLite and PostgreSQL. Parameters are $1, $2, ...;
/// now_ms() is the database's clock in milliseconds since 1970.
namespace stemlathe::service {

/// A parameter or a column: nothing, a whole number, or text (UTF-8).
using Value = std::variant<std::nullptr_t, std::int64_t, std::string>;

/// One row of a result. A column that is not there, or of another kind, is a bug.
class Row {
  public:
    Row(std::span<std::string const> names, std::vector<Value> values);

    [[nodiscard]] std::int64_t integer(std::string_view column) const;
    [[nodiscard]] std::string const& text(std::string_view column) const;
    [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::string_view column) const;
    [[nodiscard]] std::optional<std::string> maybe_text(std::string_view column) const;

  private:
    [[nodiscard]] Value const& at(std::string_view column) const;

    std::span<std::string const> names_;
    std::vector<Value> values_;
};

/// Rows with the names of their columns; the names outlive the rows.
class Rows {
  public:
    Rows(std::vector<std::string> names, std::vector<std::vector<Value>> rows);

    [[nodiscard]] auto begin() const noexcept {
        return rows_.begin();
    }

    [[nodiscard]] auto end() const noexcept {
        return rows_.end();
    }

    [[nodiscard]] bool empty() const noexcept {
        return rows_.empty();
    }

    [[nodiscard]] std::size_t size() const noexcept {
        return rows_.size();
    }

    /// The first row. There must be one.
    [[nodiscard]] Row const& front() const;

  private:
    std::unique_ptr<std::vector<std::string> const> names_;
    std::vector<Row> rows_;
};

/// A connection that may read and write. Not for two threads at once.
class Database {
  public:
    Database() = default;
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    virtual ~Database() = default;

    /// Runs one statement. @throws Failure{storage_full, storage_failed, internal}
    virtual Rows query(std::string_view sql, std::span<Value const> values) = 0;

    Rows query(std::string_view sql, std::initializer_list<Value> values = {}) {
        return query(sql, std::span<Value const>{values.begin(), values.size()});
    }

    /// "" or " FOR UPDATE OF j SKIP LOCKED": the one clause that differs.
    [[nodiscard]] virtual std::string_view skip_locked() const noexcept = 0;

    virtual void begin() = 0;
    virtual void commit() = 0;
    virtual void roll_back() noexcept = 0;
};

/// What is done between its making and `commit` is done as a whole or not at all. Not nestable.
class Transaction {
  public:
    explicit Transaction(Database& database);
    Transaction(Transaction const&) = delete;
    Transaction& operator=(Transaction const&) = delete;
    ~Transaction();

    /// Returns when it lasts through a power cut.
    void commit();

  private:
    Database& database_;
    bool is_open_ = true;
};

} // namespace stemlathe::service
