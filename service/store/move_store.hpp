#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace stemlathe::service {

/// A table that was moved, and what was compared.
struct MovedTable {
    std::string name{};
    std::int64_t rows = 0;
    std::string sha256{}; ///< of the sorted SHA-256 of its rows
};

struct Moved {
    std::string place{}; ///< as PostgresAddress says it
    std::vector<MovedTable> tables{};
};

/// Moves what an SQLite installation remembers to an empty PostgreSQL, in one transaction that is
/// committed only when every table there has the same rows with the same digest. The SQLite file
/// stays as it was, but for a mark by which `serve` no longer takes it for the truth. Files stay
/// where they are.
/// @throws Failure{not_found} there is no installation in `data`; {invalid_argument} a service is
/// running on it, it was moved already, or the target holds something; as open_store
[[nodiscard]] Moved move_store(std::filesystem::path const& data, std::string const& url);

} // namespace stemlathe::service
