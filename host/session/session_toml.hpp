#pragma once

#include "host/model/session.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// What session.toml says about one stem.
struct StemHint {
    std::string file{};
    std::optional<Role> role = std::nullopt;
    int priority = 0;
    double offset_s = 0.0;
    std::optional<VocalPart> vocal_part = std::nullopt; ///< `part`
};

/// session.toml as read; contract section 1. All of it is optional.
struct SessionFile {
    SessionInfo info;
    std::vector<StemHint> stems;
    std::string reference_mix;
    bool strict_intake = false;
    std::vector<VersionPlan> versions;
    std::vector<Comment> comments; ///< `stem` as it is written: a file name, a label or a role

    [[nodiscard]] StemHint const* hint_for(std::string_view file) const noexcept;
};

/// "2026-11-25"
[[nodiscard]] bool is_date(std::string_view date);

/// An empty SessionFile if there is no such file.
/// @throws Failure{invalid_session} that names the key, the value and what would be right
[[nodiscard]] SessionFile load_session_file(std::filesystem::path const& path);

} // namespace stemlathe
