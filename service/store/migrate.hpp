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
    std::int64_t needs = 0; ///< once it was run, programs that know fewer files cannot work
};

/// What a database has been through. A file that only adds leaves older programs working, so what
/// was run and what a program must know are two numbers.
struct SchemaState {
    std::int64_t ran = 0;   ///< the number of the last file that was run; 0: none
    std::int64_t needs = 0; ///< a program must know so many files to work with it
};

/// 1, 2, ... without gaps.
[[nodiscard]] std::span<SchemaFile const> schema_files() noexcept;

[[nodiscard]] SchemaState schema_of(Database& database);

/// @throws Failure{invalid_argument} a newer stemlathe has been here, and left nothing that a
/// program can work with which knows `known` files
void refuse_newer(SchemaState const& found, std::int64_t known);

/// Runs the files that have not been run, each in one transaction with its number. One program does
/// that at a time, and files that a newer one ran stay as they are.
/// @throws Failure{invalid_argument} as refuse_newer
void migrate(Database& database, std::span<SchemaFile const> files = schema_files());

} // namespace stemlathe::service
