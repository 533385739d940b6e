#pragma once

#include "service/store/database.hpp"
#include "service/store/sqlite/database_lock.hpp"
#include "service/store/sqlite/statement.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

struct sqlite3;

namespace stemlathe::service {

/// The wall clock, milliseconds since 1970.
[[nodiscard]] std::int64_t wall_clock_ms();

struct SqliteOptions {
    std::filesystem::path file{};                          ///< empty: in memory, for tests
    std::function<std::int64_t()> clock_ms{wall_clock_ms}; ///< what now_ms() says
    /// Only reads, and neither locks nor makes anything: a snapshot, or a file that this process
    /// has open to write already.
    bool is_read_only = false;
    /// Asked now and then while a statement runs: true ends it, with Failure{cancelled}.
    std::function<bool()> gives_up{};
};

/// An SQLite file behind a lock: this is the only connection that writes, and the only one that
/// checkpoints. SQLite before 3.51.3 can lose pages where two do (the "WAL reset" bug); those that
/// only read it has no quarrel with.
class SqliteDatabase : public Database {
  public:
    /// Opens or makes the file; its folder must be there.
    /// @throws Failure{invalid_argument} another process holds it, or it lies on a network file
    /// system; {storage_full, storage_failed} it cannot be opened
    explicit SqliteDatabase(SqliteOptions options);
    ~SqliteDatabase() override;

    using Database::query;
    Rows query(std::string_view sql, std::span<Value const> values) override;
    void run_script(std::string_view sql) override;

    [[nodiscard]] std::string_view identity() const noexcept override {
        return "INTEGER PRIMARY KEY AUTOINCREMENT";
    }

    void begin() override;
    void commit() override;
    void roll_back() noexcept override;
    [[nodiscard]] bool in_transaction() const noexcept override;

    /// The library that is running: "3.40.1".
    [[nodiscard]] static std::string_view library_version() noexcept;

  private:
    struct Closer {
        void operator()(sqlite3* connection) const noexcept;
    };

    void open();
    void set_up();
    void set_up_writing();
    void checkpoint();
    template <typename Work>
    auto guarded(Work work);

    [[nodiscard]] std::int64_t now_ms();

    SqliteOptions options_;
    std::optional<DatabaseLock> lock_;
    std::unique_ptr<sqlite3, Closer> connection_;
    StatementCache statements_;
    std::optional<std::int64_t> statement_ms_; ///< now_ms() of the statement that runs
    bool is_broken_ = false;                   ///< the disk failed to keep what was written
};

} // namespace stemlathe::service
