#pragma once

#include "host/model/session.hpp"
#include "service/client/remote.hpp"
#include "service/client/steps.hpp"
#include "service/client/submit_state.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe::service {

/// What a submission asks for beside the session's files.
struct SubmitWish {
    std::optional<std::filesystem::path> plan = std::nullopt; ///< a plan.toml
    std::vector<std::string> deliveries{};                    ///< empty: the plan's or preset's
    std::vector<std::filesystem::path> profile_files{};       ///< beside the session's own
    VersionWish versions{};
    std::string klass = "normal"; ///< preview, normal, bulk
    std::string preset{};
    std::string client{};
    bool force = false; ///< render what can be rendered
};

/// Where the steps of a submission and of the render behind it stand, in percent of both.
struct Share {
    double from = 0.0;
    double to = 0.0;
};

inline constexpr Share kUploadShare{0.0, 50.0};
inline constexpr Share kProbeShare{50.0, 55.0};
inline constexpr Share kRenderShare{55.0, 100.0};

/// A file that is sent, and as what.
struct SessionPart {
    std::filesystem::path file{};
    std::string name{};
    std::string role{}; ///< stem, reference_mix, reference
    std::int64_t bytes = 0;
    std::string version{}; ///< changes where the file does
};

/// Stems, reference mix and references of a folder, as scan_session found it.
/// @throws Failure{unreadable} one of them has gone since
[[nodiscard]] std::vector<SessionPart> parts_of(Session const& session);

/// What a folder holds, so that a remembered submission is only continued while it is the same.
[[nodiscard]] std::string
signature_of(Session const& session, std::vector<SessionPart> const& parts);

/// Makes the session, sends its files and comments, waits until they have been looked at, orders a
/// render. What an earlier call did under the same `state` is not done again.
/// @returns the render's document
/// @throws IntakeRefused, RemoteFailure; Failure of reading the files, {cancelled}
[[nodiscard]] boost::json::object submit_session(
    Remote& remote,
    Session const& session,
    std::vector<SessionPart> const& parts,
    SubmitWish const& wish,
    SubmitState& state,
    Steps& steps
);

} // namespace stemlathe::service
