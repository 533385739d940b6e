#pragma once

#include "service/store/database.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace stemlathe::test {

/// A database that says how it is going to find what each query looks for.
class ExplainingDatabase : public service::Database {
  public:
    explicit ExplainingDatabase(service::Database& database) : database_{database} {}

    using Database::query;

    service::Rows query(std::string_view sql, std::span<service::Value const> values) override {
        if (sql.starts_with("SELECT") || sql.starts_with("\nWITH")) {
            explain(std::string{sql}, values);
        }
        return database_.query(sql, values);
    }

    void run_script(std::string_view sql) override {
        database_.run_script(sql);
    }

    [[nodiscard]] std::string_view identity() const noexcept override {
        return database_.identity();
    }

    void begin() override {
        database_.begin();
    }

    void commit() override {
        database_.commit();
    }

    void roll_back() noexcept override {
        database_.roll_back();
    }

    [[nodiscard]] bool in_transaction() const noexcept override {
        return database_.in_transaction();
    }

    /// The plans since this was asked last, a line for each step.
    [[nodiscard]] std::string plans() {
        return std::exchange(plans_, {});
    }

  private:
    void explain(std::string const& sql, std::span<service::Value const> values) {
        bool const is_sqlite = identity().find("AUTOINCREMENT") != std::string_view::npos;
        auto const rows =
            database_.query((is_sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + sql, values);
        for (auto const& row : rows) {
            plans_ += row.text(is_sqlite ? "detail" : "QUERY PLAN") + "\n";
        }
        plans_ += "\n";
    }

    service::Database& database_;
    std::string plans_;
};

/// Whether a plan reads a whole table.
[[nodiscard]] inline bool reads_all_of(std::string const& plans, std::string const& table) {
    return plans.find("SCAN " + table + "\n") != std::string::npos ||
           plans.find("SCAN " + table + " ") != std::string::npos ||
           plans.find("Seq Scan on " + table + " ") != std::string::npos ||
           plans.find("Seq Scan on job " + table + " ") != std::string::npos;
}

} // namespace stemlathe::test
