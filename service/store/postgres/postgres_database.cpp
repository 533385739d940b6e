#include "service/store/postgres/postgres_database.hpp"

#include "kernels/base/assert.hpp"
#include "service/store/crash_point.hpp"
#include "service/store/postgres/postgres_failure.hpp"
#include "service/store/postgres/postgres_session.hpp"

#include <fmt/format.h>

#include <utility>

namespace stemlathe::service {

PostgresDatabase::PostgresDatabase(std::string const& url) : address_{url} {
    connect();
}

PostgresDatabase::~PostgresDatabase() = default;

void PostgresDatabase::connect() {
    connection_ = std::make_unique<PostgresConnection>(address_);
    try {
        set_up_session(*connection_, address_.place());
    } catch (PostgresError const& error) {
        connection_.reset();
        throw postgres_failure(error, address_.place());
    } catch (Failure const&) {
        connection_.reset();
        throw;
    }
}

/// A host that does not answer takes seconds, and everybody waits: one try a second is enough.
void PostgresDatabase::reconnect() {
    constexpr std::chrono::seconds kBetweenTries{1};
    if (unreachable_ && Clock::now() < next_try_) {
        throw Failure{*unreachable_};
    }
    connection_.reset();
    try {
        connect();
        unreachable_.reset();
    } catch (Failure const& failure) {
        unreachable_ = failure;
        next_try_ = Clock::now() + kBetweenTries;
        throw;
    }
}

PostgresConnection& PostgresDatabase::usable() {
    bool const is_lost = connection_ == nullptr || connection_->is_lost();
    if (is_open_) {
        if (is_lost) {
            throw PostgresError{.words = "it broke in the middle of a change, which is undone"};
        }
    } else if (is_lost) {
        reconnect();
    }
    return *connection_;
}

/// After a statement that failed: outside a transaction nothing of it stays.
void PostgresDatabase::clear_up(PostgresError const& error) {
    if (connection_ == nullptr) {
        return;
    }
    if (is_end_of_connection(error)) {
        connection_.reset();
    } else if (!is_open_) {
        connection_->roll_back();
    }
}

/// Runs `work`; what the server says no to becomes a Failure. Outside a transaction it is tried
/// again where the server undid it for passing reasons, and where the connection broke if it
/// `may_repeat`, for then nobody knows whether it was done.
template <typename Work>
auto PostgresDatabase::attempt(bool may_repeat, Work work) {
    constexpr int kTries = 5;
    bool is_stale = false;
    for (int tries = 1;; ++tries) {
        try {
            auto& connection = usable();
            if (std::exchange(is_stale, false)) {
                connection.forget_statements();
            }
            return work(connection);
        } catch (PostgresError const& error) {
            clear_up(error);
            bool const is_passing =
                is_transient(error) || (may_repeat && is_end_of_connection(error));
            if (is_open_ || !is_passing || tries == kTries) {
                throw postgres_failure(error, address_.place());
            }
            is_stale = true; // prepared statements may be why
        }
    }
}

Rows PostgresDatabase::query(std::string_view sql, std::span<Value const> values) {
    return attempt(sql.starts_with("SELECT"), [&](PostgresConnection& connection) {
        return connection.run(sql, values);
    });
}

void PostgresDatabase::run_script(std::string_view sql) {
    attempt(false, [&](PostgresConnection& connection) { return connection.run_script(sql); });
}

void PostgresDatabase::begin() {
    STEMLATHE_ASSERT(!is_open_);
    attempt(true, [](PostgresConnection& connection) {
        return connection.run_script(begin_in_turn());
    });
    is_open_ = true;
}

void PostgresDatabase::commit() {
    STEMLATHE_ASSERT(is_open_);
    crash_point(CrashSite::commit_before);
    auto const tag = attempt(false, [](PostgresConnection& connection) {
        try {
            return connection.run_script("COMMIT");
        } catch (PostgresError& error) {
            if (error.state.empty()) {
                error.words += "; whether the last change was kept is not known";
            }
            throw;
        }
    });
    is_open_ = false;
    if (tag != "COMMIT") {
        throw Failure{
            Code::internal,
            fmt::format(
                "a change to {} was undone, for a statement of it had failed", address_.place()
            )};
    }
    crash_point(CrashSite::commit_after);
}

void PostgresDatabase::roll_back() noexcept {
    is_open_ = false;
    if (connection_ != nullptr) {
        connection_->roll_back();
    }
}

} // namespace stemlathe::service
