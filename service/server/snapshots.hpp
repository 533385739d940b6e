#pragma once

#include "service/store/database.hpp"

#include <filesystem>
#include <string>

namespace stemlathe::service {

/// Copies the SQLite database into a new file of `<data>/snapshots` and removes those that are
/// older than an hour: whoever asked for one has taken it by then.
/// @returns its name below `data`: "snapshots/snp_....db"
/// @throws Failure{storage_full, storage_failed}
[[nodiscard]] std::string snapshot_into(std::filesystem::path const& data, Database& sqlite);

} // namespace stemlathe::service
