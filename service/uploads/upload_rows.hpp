#pragma once

#include "service/store/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Uploads in the database. All within the caller's transaction where one is said to be needed.
namespace stemlathe::service {

struct Upload {
    std::string id{};
    std::string tenant{};
    std::optional<std::string> session = std::nullopt; ///< none for partial uploads
    std::string state = "receiving";
    std::string kind = "whole"; ///< whole, partial, final
    std::optional<std::string> concat = std::nullopt;
    std::string metadata{};
    std::optional<std::string> role = std::nullopt;
    std::optional<std::string> filename = std::nullopt;
    std::optional<std::string> sha256 = std::nullopt;
    std::int64_t bytes = 0;
    std::int64_t expires = 0;
    std::string boot{};
    std::int64_t durable = 0; ///< so many bytes outlast a power cut
    bool is_late = false;     ///< past `expires`
    std::string writer{};     ///< the process that writes to it; empty: none, or there is but one
};

[[nodiscard]] std::optional<Upload> find_upload(Database& database, std::string const& id);

/// Those in a state, oldest first.
[[nodiscard]] std::vector<Upload> uploads_in_state(Database& database, std::string const& state);

/// Reserves the bytes and remembers the upload. Needs a transaction. @returns when it expires
/// @param freed  bytes that are given back when it is complete: they do not count twice
/// @throws Problem{quota_exceeded}
std::int64_t
insert_upload(Database& database, Upload const& upload, std::int64_t life_ms, std::int64_t freed);

/// Remembers how much is durable and puts the expiry off. @returns when it expires
/// @throws Problem{gone} it ended, or another process writes to it now
std::int64_t note_durable(Database& database, Upload const& upload, std::int64_t life_ms);

/// Ends an upload that keeps its bytes no longer: deleted, expired, failed. Needs a transaction.
/// @returns false: it was over already, or another process writes to it
bool end_upload(Database& database, Upload const& upload, std::string const& state);

void give_back(Database& database, std::string const& tenant, std::int64_t bytes);

/// What unfinished uploads have been promised of the disk and not used yet.
[[nodiscard]] std::int64_t promised_bytes(Database& database);

} // namespace stemlathe::service
