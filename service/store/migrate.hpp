#pragma once

#include "service/store/database.hpp"

#include <cstdint>
#include <span>
#include <string_view>

/// Brings a database to the shape that this program knows.
namespace stemlathe::service {

/// One numbered file of service/store/schema, embedded by the build.
struct SchemaFile {
    std::int64_t number = 0;
    std::string_view name{};
    std::string_view sql{};
};

/// 1, 2, ... without gaps.
[[nodiscard]] std::span<SchemaFile const> schema_files() noexcept;

/// The number of the last file that was run; 0 where none was.
[[nodiscard]] std::int64_t schema_of(Database& database);

/// Runs the files that have not been run, each in one transaction with its number.
/// @throws Failure{invalid_argument} a newer stemlathe has been here
void migrate(Database& database, std::span<SchemaFile const> files = schema_files());

} // namespace stemlathe::service
