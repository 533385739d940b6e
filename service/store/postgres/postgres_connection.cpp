#include "service/store/postgres/postgres_connection.hpp"

#include "kernels/base/assert.hpp"
#include "kernels/base/failure.hpp"
#include "service/store/postgres/postgres_failure.hpp"
#include "service/store/postgres/postgres_rows.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace stemlathe::service {

namespace {

constexpr int kPgVersionMin = 150'000;

/// @throws PostgresError
PgResult checked(PGconn* connection, PGresult* raw) {
    PgResult result{raw};
    auto const status = PQresultStatus(raw);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        return result;
    }
    auto const* const state = PQresultErrorField(raw, PG_DIAG_SQLSTATE);
    auto const* const primary = PQresultErrorField(raw, PG_DIAG_MESSAGE_PRIMARY);
    throw PostgresError{
        .state = state != nullptr ? state : "",
        .words = one_line(primary != nullptr ? primary : PQerrorMessage(connection))};
}

/// Whether the columns of the answer are those that a table has, so that they may become more while
/// the statement is prepared (a newer program's migration). The server then refuses to run it.
bool has_columns_of_table(std::string_view sql) {
    return sql.find("SELECT *") != std::string_view::npos ||
           sql.find(", *") != std::string_view::npos || sql.find(".*") != std::string_view::npos ||
           sql.find("RETURNING *") != std::string_view::npos;
}

/// Named, for "$1 + $2" has no type of its own.
Oid type_of(Value const& value) {
    constexpr Oid kByItsPlace = 0;
    bool const is_number = std::holds_alternative<std::int64_t>(value);
    bool const is_text = std::holds_alternative<std::string>(value);
    return is_number ? kPgBigint : is_text ? kPgText : kByItsPlace;
}

std::vector<Oid> types_of(std::span<Value const> values) {
    std::vector<Oid> types;
    std::ranges::transform(values, std::back_inserter(types), type_of);
    return types;
}

/// Values as libpq takes them: numbers as text, text as its bytes, so that none is cut at a zero.
class PgParameters {
  public:
    explicit PgParameters(std::span<Value const> values) {
        numbers_.reserve(values.size()); // their text must stay where it is
        for (auto const& value : values) {
            if (auto const* const number = std::get_if<std::int64_t>(&value)) {
                add(numbers_.emplace_back(std::to_string(*number)), 0);
            } else if (auto const* const text = std::get_if<std::string>(&value)) {
                add(*text, 1);
            } else {
                places_.push_back(nullptr);
                bytes_.push_back(0);
                formats_.push_back(0);
            }
        }
    }

    [[nodiscard]] PGresult* run(PGconn* connection, std::string const& name) const {
        return PQexecPrepared(
            connection,
            name.c_str(),
            static_cast<int>(places_.size()),
            places_.data(),
            bytes_.data(),
            formats_.data(),
            0
        );
    }

    [[nodiscard]] PGresult* run_unprepared(
        PGconn* connection, std::string const& sql, std::vector<Oid> const& types
    ) const {
        return PQexecParams(
            connection,
            sql.c_str(),
            static_cast<int>(places_.size()),
            types.data(),
            places_.data(),
            bytes_.data(),
            formats_.data(),
            0
        );
    }

  private:
    void add(std::string const& text, int format) {
        places_.push_back(text.c_str());
        bytes_.push_back(static_cast<int>(text.size()));
        formats_.push_back(format);
    }

    std::vector<std::string> numbers_;
    std::vector<char const*> places_;
    std::vector<int> bytes_;
    std::vector<int> formats_;
};

} // namespace

void PostgresConnection::Closer::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

PostgresConnection::PostgresConnection(PostgresAddress const& address) {
    std::vector<char const*> keywords;
    std::vector<char const*> values;
    for (auto const& [keyword, value] : address.settings()) {
        keywords.push_back(keyword.c_str());
        values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    connection_.reset(PQconnectdbParams(keywords.data(), values.data(), 0));
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
        throw Failure{
            Code::storage_failed,
            fmt::format(
                "cannot reach {}: {}; is it running, and may stemlathe sign in?",
                address.place(),
                one_line(PQerrorMessage(connection_.get()))
            )}
            .about_key("store.url");
    }
    if (PQserverVersion(connection_.get()) < kPgVersionMin) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} is version {}; stemlathe needs 15 or newer",
                address.place(),
                parameter("server_version")
            )}
            .about_key("store.url");
    }
    PQsetNoticeProcessor(
        connection_.get(), [](void*, char const*) {}, nullptr
    );
}

std::string const&
PostgresConnection::find_or_prepare(std::string_view sql, std::span<Value const> values) {
    constexpr std::size_t kStatementsMax = 512; // statements are put together from few parts
    auto const types = types_of(values);
    std::string key;
    for (auto const type : types) {
        key += type == kPgBigint ? 'n' : type == kPgText ? 't' : '-';
    }
    key += ' ';
    key += sql;
    if (auto const found = names_.find(key); found != names_.end()) {
        return found->second;
    }
    if (names_.size() >= kStatementsMax) {
        forget_statements();
    }
    auto const name = fmt::format("s{}", names_.size());
    std::string const text{sql};
    checked(
        connection_.get(),
        PQprepare(
            connection_.get(),
            name.c_str(),
            text.c_str(),
            static_cast<int>(types.size()),
            types.data()
        )
    );
    return names_.emplace(std::move(key), name).first->second;
}

Rows PostgresConnection::run(std::string_view sql, std::span<Value const> values) {
    auto* const connection = connection_.get();
    PgParameters const parameters{values};
    if (has_columns_of_table(sql)) {
        std::string const text{sql};
        return rows_of(
            checked(connection, parameters.run_unprepared(connection, text, types_of(values)))
        );
    }
    auto const& name = find_or_prepare(sql, values);
    return rows_of(checked(connection, parameters.run(connection, name)));
}

std::string PostgresConnection::run_script(std::string_view sql) {
    std::string const text{sql};
    auto const result = checked(connection_.get(), PQexec(connection_.get(), text.c_str()));
    return PQcmdStatus(result.get());
}

void PostgresConnection::forget_statements() {
    names_.clear();
    run_script("DEALLOCATE ALL");
}

void PostgresConnection::roll_back() noexcept {
    auto const status = PQtransactionStatus(connection_.get());
    if (status != PQTRANS_IDLE && status != PQTRANS_UNKNOWN) {
        PgResult const result{PQexec(connection_.get(), "ROLLBACK")};
        if (PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
            connection_.reset();
        }
    }
}

bool PostgresConnection::is_lost() noexcept {
    // A server that stops says why before it closes: read on until there is nothing to read.
    constexpr int kReads = 16;
    for (int i = 0; i < kReads && PQstatus(connection_.get()) == CONNECTION_OK; ++i) {
        pollfd waiting{.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, 0) <= 0 || PQconsumeInput(connection_.get()) == 0) {
            break;
        }
    }
    return PQstatus(connection_.get()) != CONNECTION_OK;
}

bool PostgresConnection::take_announcements() {
    if (PQconsumeInput(connection_.get()) == 0) {
        throw PostgresError{.words = one_line(PQerrorMessage(connection_.get()))};
    }
    bool is_any = false;
    while (auto* const announcement = PQnotifies(connection_.get())) {
        is_any = is_any || announcement->be_pid != PQbackendPID(connection_.get());
        PQfreemem(announcement);
    }
    return is_any;
}

int PostgresConnection::socket() const noexcept {
    return PQsocket(connection_.get());
}

std::string PostgresConnection::parameter(char const* name) const {
    auto const* const value = PQparameterStatus(connection_.get(), name);
    return value != nullptr ? value : "";
}

} // namespace stemlathe::service
