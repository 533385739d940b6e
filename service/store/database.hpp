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
/// now_ms() is the database's clock in milliseconds since 1970, the same throughout a statement.
namespace stemlathe::service {

/// A parameter or a column: nothing, a whole number, or text (UTF-8).
using Value = std::variant<std::nullptr_t, std::int64_t, std::string>;

/// Text where there is some, else SQL's NULL.
[[nodiscard]] Value value_of(std::optional<std::string> text);
[[nodiscard]] Value value_of(std::optional<std::int64_t> number);

/// One row of a result; it may outlive the Rows it came from. A column that is not there, or of
/// another kind, is a bug.
class Row {
  public:
    using Names = std::shared_ptr<std::vector<std::string> const>;

    Row(Names names, std::vector<Value> values);

    [[nodiscard]] std::int64_t integer(std::string_view column) const;
    [[nodiscard]] std::string const& text(std::string_view column) const;
    [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::string_view column) const;
    [[nodiscard]] std::optional<std::string> maybe_text(std::string_view column) const;
    [[nodiscard]] Value const& value(std::string_view column) const;

  private:
    Names names_;
    std::vector<Value> values_;
};

/// The rows of a result, in its order.
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
    [[nodiscard]] Row const& front() const&;
    [[nodiscard]] Row front() &&;

  private:
    std::vector<Row> rows_;
};

/// A connection that may read and write. Not for two threads at once.
class Database {
  public:
    Database() = default;
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    virtual ~Database() = default;

    /// Runs one statement.
    /// @throws Failure{storage_full, storage_failed, out_of_memory}; {internal} the statement is
    /// wrong or breaks a constraint (what may happen has ON CONFLICT)
    virtual Rows query(std::string_view sql, std::span<Value const> values) = 0;

    Rows query(std::string_view sql, std::initializer_list<Value> values = {}) {
        return query(sql, std::span<Value const>{values.begin(), values.size()});
    }

    /// Runs statements without parameters, one after another.
    virtual void run_script(std::string_view sql) = 0;

    /// The type of a key that counts up by itself and is never used twice.
    [[nodiscard]] virtual std::string_view identity() const noexcept = 0;

    /// For Transaction.
    virtual void begin() = 0;
    virtual void commit() = 0;
    virtual void roll_back() noexcept = 0;

    [[nodiscard]] virtual bool in_transaction() const noexcept = 0;

    /// How many Transactions have been committed: whether there is something to tell others.
    [[nodiscard]] std::uint64_t commits() const noexcept {
        return commits_;
    }

  private:
    friend class Transaction;

    std::uint64_t commits_ = 0;
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
