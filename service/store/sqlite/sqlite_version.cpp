#include "service/store/sqlite/sqlite_version.hpp"

#include <sqlite3.h>

namespace stemlathe::service {

int sqlite_version() noexcept {
    return sqlite3_libversion_number();
}

} // namespace stemlathe::service
