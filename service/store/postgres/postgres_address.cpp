#include "service/store/postgres/postgres_address.hpp"

#include "kernels/base/failure.hpp"
#include "service/store/postgres/postgres_failure.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>

namespace stemlathe::service {

namespace {

using PgSetting = std::pair<std::string_view, std::string_view>;

/// What is set where the connection string is silent. A link that is cut without a word is noticed
/// by what was sent and not confirmed within 10 s, or, where nothing was sent, by three probes.
constexpr std::array kPgDefaults{
    PgSetting{"connect_timeout", "5"},
    PgSetting{"keepalives_idle", "5"},
    PgSetting{"keepalives_interval", "2"},
    PgSetting{"keepalives_count", "3"},
    PgSetting{"tcp_user_timeout", "10000"},
    PgSetting{"target_session_attrs", "read-write"}, // of several hosts, the one that may write
    PgSetting{"application_name", "stemlathe"},
};

Failure wrong_url(std::string_view why) {
    return Failure{
        Code::invalid_argument,
        fmt::format(
            "the store's url {}; it must be like postgresql://stemlathe@db.example:5432/stemlathe",
            why
        )}
        .about_key("store.url");
}

} // namespace

PostgresAddress::PostgresAddress(std::string const& url) {
    if (!url.starts_with("postgres://") && !url.starts_with("postgresql://")) {
        throw wrong_url("begins with neither postgres:// nor postgresql://");
    }
    char* error = nullptr;
    std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> const options{
        PQconninfoParse(url.c_str(), &error), PQconninfoFree};
    std::unique_ptr<char, void (*)(void*)> const words{error, PQfreemem};
    if (options == nullptr) {
        throw wrong_url(
            "cannot be read: " + one_line(error != nullptr ? error : "there is no memory")
        );
    }
    std::string host;
    std::string database;
    for (auto const* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) {
            settings_.emplace_back(option->keyword, option->val);
            host = settings_.back().first == "host" ? option->val : host;
            database = settings_.back().first == "dbname" ? option->val : database;
        }
    }
    for (auto const& [keyword, value] : kPgDefaults) {
        auto const is_same = [&](auto const& setting) {
            return setting.first == keyword;
        };
        if (std::ranges::none_of(settings_, is_same)) {
            settings_.emplace_back(keyword, value);
        }
    }
    settings_.emplace_back("client_encoding", "UTF8");
    place_ = fmt::format("PostgreSQL at {}", host.empty() ? "this machine" : host);
    place_ += database.empty() ? "" : fmt::format(" (database {})", database);
}

} // namespace stemlathe::service
