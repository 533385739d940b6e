#pragma once

#include "service/api/call.hpp"
#include "service/store/database.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// What a worker needs to know of a job, frozen when the job is made: files by digest, words about
/// the release, comments, plan. jobs/work_folder.hpp makes a session folder of it.
namespace stemlathe::service {

struct RenderWish {
    std::string plan = "null"; ///< JSON
    std::string deliveries = "[]";
    std::optional<double> from_s = std::nullopt;
    std::optional<double> to_s = std::nullopt;
    bool apply_comments = false;
    bool review = true; ///< also make what a browser plays
};

/// @throws Problem{conflict} the session has no stem that is ready, or one that is still probed
[[nodiscard]] std::string render_spec(Call const& call, Row const& session, RenderWish const& wish);
[[nodiscard]] std::string analysis_spec(Call const& call, Row const& session);

/// How long a job over the session's stems will take on one machine, about.
[[nodiscard]] std::int64_t cost_of_session_ms(Database& database, std::string const& session);

/// [{"filename", "digest"}] of the stems in a spec, by which revisions are compared.
[[nodiscard]] std::string stems_of_spec(std::string const& spec);

} // namespace stemlathe::service
