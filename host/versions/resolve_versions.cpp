#include "host/versions/resolve_versions.hpp"

#include "host/plan/matching.hpp"
#include "host/toml/nearest_name.hpp"
#include "host/versions/read_version.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::array<std::string_view, 4> kKnownNames{"instrumental", "acappella", "tv", "clean"};

constexpr std::size_t kVersionsMax = 16; // each is a song in memory or scratch

using IsPart = std::function<bool(Stem const&)>;

[[noreturn]] void refuse(VersionPlan const& version, std::string const& why) {
    throw Failure{Code::invalid_argument, fmt::format("version \"{}\": {}", version.name, why)}
        .about_key("versions");
}

bool sings(Stem const& stem) {
    return stem.role == Role::vocals;
}

std::vector<std::string> files_where(Session const& session, IsPart const& is_part) {
    std::vector<std::string> files;
    for (auto const& stem : session.stems) {
        if (is_part(stem)) {
            files.push_back(stem.file);
        }
    }
    return files;
}

/// Which part each stem sings. A session that labels one part only leaves the other to the rest.
/// @throws where it does not tell them apart
std::function<VocalPart(Stem const&)>
vocal_parts(VersionPlan const& version, Session const& session) {
    auto const voices = files_where(session, sings);
    auto const labelled = [&](std::optional<VocalPart> part) {
        return files_where(session, [&](Stem const& stem) {
            return sings(stem) && stem.vocal_part == part;
        });
    };
    auto const leads = labelled(VocalPart::lead);
    auto const backings = labelled(VocalPart::backing);
    auto const unlabelled = labelled(std::nullopt);
    if (leads.size() == voices.size()) {
        refuse(
            version,
            "all vocals of this session are lead vocals, so it would be the instrumental; ask for "
            "that, or say part = \"backing\" of a stem in session.toml"
        );
    }
    if (backings.size() == voices.size()) {
        refuse(
            version,
            "all vocals of this session are backing vocals, so it would be the master itself; say "
            "part = \"lead\" of a stem in session.toml"
        );
    }
    if (!unlabelled.empty() && leads.empty() == backings.empty()) {
        refuse(
            version,
            fmt::format(
                "nothing says whether {} has lead or backing vocals; put Lead, BV or Backing in "
                "its name, or add [[stem]] file = \"{}\", part = \"lead\" (or \"backing\") to "
                "session.toml",
                unlabelled.front(),
                unlabelled.front()
            )
        );
    }
    auto const rest = leads.empty() ? VocalPart::lead : VocalPart::backing;
    return [rest](Stem const& stem) {
        return stem.vocal_part.value_or(rest);
    };
}

/// What the name of a version stands for where nobody says which stems it has.
std::vector<std::string> stems_by_name(VersionPlan const& version, Session const& session) {
    bool const has_voices = std::ranges::any_of(session.stems, sings);
    bool const is_about_voices =
        version.name == "instrumental" || version.name == "acappella" || version.name == "tv";
    if (is_about_voices && !has_voices) {
        refuse(
            version,
            "no stem of this session has the role vocals; give the singing stem role = \"vocals\" "
            "in session.toml"
        );
    }
    if (version.name == "instrumental") {
        return files_where(session, std::not_fn(sings));
    }
    if (version.name == "acappella") {
        return files_where(session, sings);
    }
    if (version.name == "tv") {
        auto const part_of = vocal_parts(version, session);
        return files_where(session, [&](Stem const& stem) {
            return !sings(stem) || part_of(stem) == VocalPart::backing;
        });
    }
    if (version.mute.empty()) {
        refuse(
            version,
            fmt::format(
                "this session does not say what is {}; add [versions.{}] with mute = [{{stem = "
                "\"vocals\", start_s = 61.2, end_s = 61.6}}] (or stems = [...]) to session.toml",
                version.name == "clean" ? "explicit" : "left out of it",
                version.name
            )
        );
    }
    return files_where(session, [](Stem const&) { return true; });
}

/// The files that `name` means: one by name, all of a role, or all ("*").
std::vector<std::string>
files_named(VersionPlan const& version, std::string const& name, Session const& session) {
    auto files = files_where(session, [&](Stem const& stem) {
        return name == "*" || name == name_of(stem.role);
    });
    auto const found = find_stem(session, name);
    if (files.empty() && found) {
        files.push_back(session.stems[*found].file);
    }
    if (files.empty() && !was_left_out(session, name)) {
        std::vector<std::string_view> allowed;
        for (auto const& stem : session.stems) {
            allowed.push_back(stem.file);
            allowed.push_back(name_of(stem.role));
        }
        refuse(
            version,
            fmt::format(
                "it names \"{}\", which no stem of this session answers to{}",
                name,
                suggestion(name, allowed)
            )
        );
    }
    return files;
}

/// In the session's order, each once.
std::vector<std::string> resolved_stems(VersionPlan const& version, Session const& session) {
    if (version.stems.empty()) {
        return stems_by_name(version, session);
    }
    std::vector<std::string> named;
    for (auto const& name : version.stems) {
        std::ranges::copy(files_named(version, name, session), std::back_inserter(named));
    }
    return files_where(session, [&](Stem const& stem) {
        return std::ranges::find(named, stem.file) != named.end();
    });
}

std::vector<VersionMute> resolved_mutes(VersionPlan const& version, Session const& session) {
    std::vector<VersionMute> mutes;
    for (auto const& mute : version.mute) {
        if (mute.start_s >= session.duration_s()) {
            refuse(
                version,
                fmt::format(
                    "it mutes \"{}\" from {} s on, behind the song's end ({:.3f} s)",
                    mute.stem,
                    mute.start_s,
                    session.duration_s()
                )
            );
        }
        for (auto& file : files_named(version, mute.stem, session)) {
            if (std::ranges::find(version.stems, file) == version.stems.end()) {
                refuse(version, fmt::format("it mutes {}, which it does not have", file));
            }
            mutes.push_back(mute);
            mutes.back().stem = std::move(file);
        }
    }
    return mutes;
}

VersionPlan resolved(VersionPlan version, Session const& session) {
    version.stems = resolved_stems(version, session);
    if (version.stems.empty()) {
        refuse(version, "no stem of this session would be left in it");
    }
    version.mute = resolved_mutes(version, session);
    return version;
}

/// What somebody said of a version, the plan before session.toml.
VersionPlan
version_named(MasteringPlan const& plan, Session const& session, std::string const& name) {
    auto const in_plan = std::ranges::find(plan.version, name, &VersionPlan::name);
    bool const is_said =
        in_plan != plan.version.end() && !(in_plan->stems.empty() && in_plan->mute.empty());
    auto const in_session = std::ranges::find(session.versions, name, &VersionPlan::name);
    if (is_said || (in_plan != plan.version.end() && in_session == session.versions.end())) {
        return *in_plan;
    }
    if (in_session != session.versions.end()) {
        return *in_session;
    }
    if (std::ranges::find(kKnownNames, name) != kKnownNames.end()) {
        return {.name = name};
    }
    std::vector<std::string_view> allowed{kKnownNames.begin(), kKnownNames.end()};
    for (auto const& version : session.versions) {
        allowed.push_back(version.name);
    }
    throw Failure{
        Code::invalid_argument,
        fmt::format(
            "there is no version \"{}\"{}; instrumental, acappella, tv and clean are known, "
            "others need [versions.NAME] in session.toml",
            name,
            suggestion(name, allowed)
        )}
        .about_key("versions");
}

} // namespace

std::vector<VersionPlan>
resolve_versions(MasteringPlan const& plan, VersionWish const& wish, Session const& session) {
    auto names = wish.names;
    if (names.empty()) {
        std::ranges::transform(plan.version, std::back_inserter(names), &VersionPlan::name);
    }
    if (names.size() > kVersionsMax) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} versions are asked for; at most {} are possible", names.size(), kVersionsMax
            )}
            .about_key("versions");
    }
    std::vector<VersionPlan> versions;
    for (auto const& name : names) {
        if (std::ranges::find(versions, name, &VersionPlan::name) == versions.end()) {
            versions.push_back(resolved(version_named(plan, session, name), session));
            versions.back().peaks = wish.peaks.value_or(versions.back().peaks);
        }
    }
    return versions;
}

} // namespace stemlathe
