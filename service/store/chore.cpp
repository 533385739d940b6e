#include "service/store/chore.hpp"

namespace stemlathe::service {

bool take_chore(Database& database, std::string const& name, std::int64_t period_ms) {
    return !database
                .query(
                    "INSERT INTO chore(name, due) VALUES($1, now_ms()+$2) ON CONFLICT(name) DO "
                    "UPDATE SET due=excluded.due WHERE chore.due<=now_ms() RETURNING name",
                    {name, period_ms}
                )
                .empty();
}

} // namespace stemlathe::service
