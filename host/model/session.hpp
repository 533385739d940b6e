#pragma once

#include "formats/media.hpp"
#include "host/model/comment.hpp"
#include "host/model/version.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

enum class Role { drums, bass, vocals, instruments, fx, other };

[[nodiscard]] std::string_view name_of(Role role) noexcept;
[[nodiscard]] std::optional<Role> role_named(std::string_view name) noexcept;

/// One stem as it lies on disk.
struct Stem {
    std::filesystem::path path{};
    std::string file{}; ///< its name inside the session folder, as reports and plans spell it
    Role role = Role::other;
    int priority = 0;                                   ///< from session.toml; 0 where nobody said
    std::optional<VocalPart> vocal_part = std::nullopt; ///< from session.toml, else its label
    double offset_s = 0.0;                              ///< where it starts in the song, >= 0
    double time_reference_s = 0.0; ///< the part of offset_s that its file's time reference wants
    MediaInfo media{};
};

enum class Severity { info, warn, refuse };

[[nodiscard]] std::string_view name_of(Severity severity) noexcept;

/// What intake found; contract section 3.
struct Finding {
    std::string code{};
    Severity severity = Severity::info;
    std::string stem{}; ///< file name; empty where it is about the session
    std::optional<double> start_s = std::nullopt;
    std::optional<double> end_s = std::nullopt;
    std::optional<double> measured = std::nullopt;
    std::optional<double> limit = std::nullopt;
    std::string unit{};
    std::string message{};
};

/// What session.toml says about the release.
struct SessionInfo {
    std::string title{};
    std::string version{}; ///< "Radio Edit"; empty: the song as such
    std::string artist{};
    std::string album{};
    std::string isrc{};
    std::string upc{};
    std::string date{}; ///< yyyy-mm-dd or empty; never a clock
    int track = 0;      ///< its number on the album, 1 to 99; 0: none
    std::string genre{};
    std::string audience{};
    std::vector<std::string> platforms{};
};

/// A session folder, scanned. Conformed: every stem counts at `rate_hz`, from 0 to `frames`.
struct Session {
    std::filesystem::path folder{};
    SessionInfo info{};
    std::vector<Stem> stems{}; ///< in order of file name
    std::optional<std::filesystem::path> reference_mix = std::nullopt;
    int rate_hz = 0;         ///< the commonest rate of the stems; tie: the higher
    std::int64_t frames = 0; ///< of the longest stem at that rate, offsets included
    std::vector<Finding> findings{};
    std::vector<VersionPlan> versions{}; ///< `[versions.NAME]`
    bool strict_intake = false;          ///< `[intake] strict = true`
    std::vector<Comment> comments{};     ///< of the whole song first, then in order of time

    [[nodiscard]] double duration_s() const noexcept {
        return rate_hz > 0 ? static_cast<double>(frames) / rate_hz : 0.0;
    }
};

} // namespace stemlathe
