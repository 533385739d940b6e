#include "service/store/postgres/postgres_failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

/// SQLSTATEs, or the two letters of their class; PostgreSQL's documentation, appendix A.
struct PgMeaning {
    std::string_view state;
    Code code;
    std::string_view what;
    std::string_view remedy;
};

constexpr std::array kPgMeanings{
    PgMeaning{"53100", Code::storage_full, "the disk is full under", "; free some space there"},
    PgMeaning{"53200", Code::out_of_memory, "no memory left in", ""},
    PgMeaning{"53", Code::storage_failed, "no room for another connection to", ""},
    PgMeaning{"22021", Code::invalid_argument, "text that is not UTF-8, or holds a zero, for", ""},
    PgMeaning{"22P05", Code::invalid_argument, "text that is not UTF-8, or holds a zero, for", ""},
    PgMeaning{
        "42501",
        Code::invalid_argument,
        "not allowed in",
        "; make the user the owner of the database (createdb --owner)"},
    PgMeaning{
        "25006",
        Code::storage_failed,
        "nothing can be written to",
        "; name the host that may be written to, or all of them, in the store's url"},
    PgMeaning{"55P03", Code::storage_failed, "another process holds up", "; try again"},
    PgMeaning{"57014", Code::storage_failed, "it took too long in", "; try again"},
    PgMeaning{"57", Code::storage_failed, "lost the connection to", "; try again"},
    PgMeaning{"25P03", Code::storage_failed, "lost the connection to", "; try again"},
    PgMeaning{"08", Code::storage_failed, "lost the connection to", "; try again"},
    PgMeaning{"40", Code::storage_failed, "two changes got in each other's way in", "; try again"},
    PgMeaning{"58", Code::storage_failed, "cannot read or write in", "; check its disk"},
    PgMeaning{"XX", Code::storage_failed, "damaged:", "; restore it from a backup"},
};

} // namespace

std::string one_line(std::string_view text) {
    std::string line;
    for (char const letter : text) {
        bool const is_space = letter == '\n' || letter == '\t' || letter == '\r' || letter == ' ';
        if (!is_space) {
            line += letter;
        } else if (!line.empty() && line.back() != ' ') {
            line += ' ';
        }
    }
    while (!line.empty() && line.back() == ' ') {
        line.pop_back();
    }
    return line;
}

Failure postgres_failure(PostgresError const& error, std::string_view place) {
    if (error.state.empty()) {
        return Failure{
            Code::storage_failed,
            fmt::format("lost the connection to {}: {}; try again", place, error.words)};
    }
    auto const found = std::ranges::find_if(kPgMeanings, [&](auto const& meaning) {
        return error.state.starts_with(meaning.state);
    });
    if (found == kPgMeanings.end()) {
        return Failure{
            Code::internal,
            fmt::format("a wrong statement for {}: {} ({})", place, error.words, error.state)};
    }
    return Failure{
        found->code,
        fmt::format(
            "{} {}: {} ({}){}", found->what, place, error.words, error.state, found->remedy
        )};
}

bool is_transient(PostgresError const& error) noexcept {
    return error.state == "40001" || error.state == "40P01" || error.state == "0A000" ||
           error.state == "26000";
}

bool is_end_of_connection(PostgresError const& error) noexcept {
    return error.state.empty() || error.state.starts_with("57P") || error.state == "25006" ||
           error.state == "25P03";
}

} // namespace stemlathe::service
