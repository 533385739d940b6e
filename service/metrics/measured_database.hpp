#pragma once

#include "service/metrics/service_figures.hpp"
#include "service/store/database.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <type_traits>

namespace stemlathe::service {

/// A database whose answers are timed.
class MeasuredDatabase final : public Database {
  private:
    template <typename Work>
    auto timed(std::string_view what, Work const& work) {
        auto const begin = std::chrono::steady_clock::now();
        auto const tell = [&] {
            std::chrono::duration<double> const time = std::chrono::steady_clock::now() - begin;
            figures_.asked_database(what, time.count());
        };
        try {
            if constexpr (std::is_void_v<decltype(work())>) {
                work();
                tell();
            } else {
                auto answer = work();
                tell();
                return answer;
            }
        } catch (std::exception const&) {
            figures_.database_failed(what);
            throw;
        }
    }

  public:
    MeasuredDatabase(std::unique_ptr<Database> database, ServiceFigures& figures)
        : database_{std::move(database)}, figures_{figures} {}

    using Database::query;

    Rows query(std::string_view sql, std::span<Value const> values) override {
        return timed("query", [&] { return database_->query(sql, values); });
    }

    void run_script(std::string_view sql) override {
        database_->run_script(sql);
    }

    [[nodiscard]] std::string_view identity() const noexcept override {
        return database_->identity();
    }

    void begin() override {
        timed("begin", [&] { database_->begin(); });
    }

    void commit() override {
        timed("commit", [&] { database_->commit(); });
    }

    void roll_back() noexcept override {
        database_->roll_back();
    }

    [[nodiscard]] bool in_transaction() const noexcept override {
        return database_->in_transaction();
    }

    /// The database itself, for what is no SQL.
    [[nodiscard]] Database& inner() noexcept {
        return *database_;
    }

  private:
    std::unique_ptr<Database> database_;
    ServiceFigures& figures_;
};

} // namespace stemlathe::service
