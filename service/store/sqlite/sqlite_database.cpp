#include "service/store/sqlite/sqlite_database.hpp"

#include "kernels/base/assert.hpp"
#include "service/store/crash_point.hpp"
#include "service/store/sqlite/file_system.hpp"
#include "service/store/sqlite/sqlite_failure.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr int kCheckpointPages = 1'000; ///< 4 MB of WAL
constexpr int kStepsPerLook = 10'000;   ///< of SQLite's machine; some hundreds of microseconds

/// The file is made here and not by SQLite, whose files anybody on the machine may read.
void make_private(std::filesystem::path const& file) {
    int const descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        throw system_failure(errno, "open", file);
    }
    ::close(descriptor);
}

} // namespace

std::int64_t wall_clock_ms() {
    auto const since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

std::string_view SqliteDatabase::library_version() noexcept {
    return sqlite3_libversion();
}

void SqliteDatabase::Closer::operator()(sqlite3* connection) const noexcept {
    sqlite3_close(connection);
}

/// Runs `work`; what SQLite says no to becomes a Failure, and a failed sync ends all writing.
template <typename Work>
auto SqliteDatabase::guarded(Work work) {
    if (is_broken_) {
        throw Failure{
            Code::storage_failed,
            fmt::format(
                "the disk under {} failed to keep what was written; nothing more is written:"
                " check the disk, then restart stemlathe",
                options_.file.string()
            )}
            .about_file(options_.file.string());
    }
    try {
        return work();
    } catch (SqliteError const& error) {
        is_broken_ = is_sync_failure(error.result);
        throw sqlite_failure(connection_.get(), error.result, options_.file);
    }
}

SqliteDatabase::SqliteDatabase(SqliteOptions options) : options_(std::move(options)) {
    if (!options_.file.empty()) {
        options_.file = std::filesystem::absolute(options_.file);
    }
    if (!options_.file.empty() && !options_.is_read_only) {
        refuse_network_file_system(options_.file.parent_path());
        lock_.emplace(options_.file);
        make_private(options_.file);
    }
    open();
    guarded([&] { set_up(); });
    if (!options_.is_read_only) {
        guarded([&] { set_up_writing(); });
    }
    if (options_.gives_up) {
        sqlite3_progress_handler(
            connection_.get(),
            kStepsPerLook,
            [](void* self) {
                return static_cast<SqliteDatabase*>(self)->options_.gives_up() ? 1 : 0;
            },
            this
        );
    }
}

SqliteDatabase::~SqliteDatabase() = default;

void SqliteDatabase::open() {
    sqlite3* connection = nullptr;
    auto const name = options_.file.empty() ? std::string{":memory:"} : options_.file.string();
    int const mode =
        options_.is_read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int const flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int const result = sqlite3_open_v2(name.c_str(), &connection, flags, nullptr);
    connection_.reset(connection);
    if (result != SQLITE_OK) {
        throw sqlite_failure(connection, result, options_.file);
    }
}

void SqliteDatabase::set_up() {
    auto* const connection = connection_.get();
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 0, nullptr); // "x" is never text
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_busy_timeout(connection, 5'000); // a backup that reads
    if (options_.is_read_only) {             // whoever writes is the one that checkpoints
        sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
    SqliteDatabase::run_script(
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
    );
    int const made = sqlite3_create_function_v2(
        connection,
        "now_ms",
        0,
        SQLITE_UTF8 | SQLITE_DIRECTONLY,
        this,
        [](sqlite3_context* context, int, sqlite3_value**) {
            auto* const self = static_cast<SqliteDatabase*>(sqlite3_user_data(context));
            sqlite3_result_int64(context, self->now_ms());
        },
        nullptr,
        nullptr,
        nullptr
    );
    STEMLATHE_ASSERT(made == SQLITE_OK);
}

void SqliteDatabase::set_up_writing() {
    auto const journal = query("PRAGMA journal_mode = WAL").front().text("journal_mode");
    STEMLATHE_ASSERT(journal == (options_.file.empty() ? "memory" : "wal"));
    SqliteDatabase::run_script("PRAGMA synchronous = FULL;");
    // Not wal_autocheckpoint, which says nothing when a sync fails.
    sqlite3_wal_hook(
        connection_.get(),
        [](void* self, sqlite3*, char const*, int pages) {
            if (pages >= kCheckpointPages) {
                static_cast<SqliteDatabase*>(self)->checkpoint();
            }
            return SQLITE_OK; // the commit before it has succeeded
        },
        this
    );
}

void SqliteDatabase::checkpoint() {
    crash_point(CrashSite::checkpoint_before);
    int const result = sqlite3_wal_checkpoint_v2(
        connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr
    );
    is_broken_ = is_broken_ || is_sync_failure(result);
    crash_point(CrashSite::checkpoint_after);
}

std::int64_t SqliteDatabase::now_ms() {
    if (!statement_ms_) {
        statement_ms_ = options_.clock_ms();
    }
    return *statement_ms_;
}

Rows SqliteDatabase::query(std::string_view sql, std::span<Value const> values) {
    return guarded([&] {
        statement_ms_.reset();
        return statements_.find_or_prepare(connection_.get(), sql).run(values);
    });
}

void SqliteDatabase::run_script(std::string_view sql) {
    guarded([&] {
        statement_ms_.reset();
        std::string const text{sql};
        int const result = sqlite3_exec(connection_.get(), text.c_str(), nullptr, nullptr, nullptr);
        if (result != SQLITE_OK) {
            throw SqliteError{result};
        }
    });
}

void SqliteDatabase::begin() {
    STEMLATHE_ASSERT(!in_transaction());
    query("BEGIN IMMEDIATE");
}

void SqliteDatabase::commit() {
    crash_point(CrashSite::commit_before);
    query("COMMIT");
    crash_point(CrashSite::commit_after);
}

void SqliteDatabase::roll_back() noexcept {
    if (in_transaction()) { // a full disk may have rolled it back already
        sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

bool SqliteDatabase::in_transaction() const noexcept {
    return sqlite3_get_autocommit(connection_.get()) == 0;
}

} // namespace stemlathe::service
