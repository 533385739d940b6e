#include "service/store/postgres/postgres_rows.hpp"

#include "kernels/base/assert.hpp"

#include <charconv>
#include <string_view>

namespace stemlathe::service {

namespace {

constexpr Oid kPgBoolean = 16;
constexpr Oid kPgName = 19;
constexpr Oid kPgSmallint = 21;
constexpr Oid kPgInteger = 23;
constexpr Oid kPgNumeric = 1700;
constexpr Oid kPgVoid = 2278;

Value value_from(Oid type, std::string_view text) {
    switch (type) {
    case kPgBoolean:
        return std::int64_t{text == "t" ? 1 : 0};
    case kPgBigint:
    case kPgSmallint:
    case kPgInteger:
    case kPgNumeric: {
        std::int64_t number = 0;
        auto const* const end = text.data() + text.size();
        auto const [rest, error] = std::from_chars(text.data(), end, number);
        STEMLATHE_ASSERT(error == std::errc{} && rest == end);
        return number;
    }
    default:
        STEMLATHE_ASSERT(type == kPgText || type == kPgName || type == kPgVoid);
        return std::string{text};
    }
}

} // namespace

Rows rows_of(PgResult const& result) {
    auto* const raw = result.get();
    int const columns = PQnfields(raw);
    std::vector<std::string> names;
    for (int column = 0; column < columns; ++column) {
        names.emplace_back(PQfname(raw, column));
    }
    std::vector<std::vector<Value>> rows(static_cast<std::size_t>(PQntuples(raw)));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        int const row = static_cast<int>(i);
        rows[i].reserve(names.size());
        for (int column = 0; column < columns; ++column) {
            auto const bytes = static_cast<std::size_t>(PQgetlength(raw, row, column));
            std::string_view const text{PQgetvalue(raw, row, column), bytes};
            rows[i].push_back(
                PQgetisnull(raw, row, column) != 0 ? Value{nullptr}
                                                   : value_from(PQftype(raw, column), text)
            );
        }
    }
    return Rows{std::move(names), std::move(rows)};
}

} // namespace stemlathe::service
