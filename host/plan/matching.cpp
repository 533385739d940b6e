#include "host/plan/matching.hpp"

#include "host/toml/nearest_name.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace stemlathe {

namespace {

/// File name with or without its extension.
bool names_file(Stem const& stem, std::string_view name) {
    return stem.file == name || stem.path.stem().string() == name;
}

[[noreturn]] void fail(Session const& session, std::string_view key, std::string_view name) {
    std::vector<std::string_view> allowed;
    for (auto const& stem : session.stems) {
        allowed.push_back(stem.file);
        if (std::ranges::find(allowed, name_of(stem.role)) == allowed.end()) {
            allowed.push_back(name_of(stem.role));
        }
    }
    throw Failure{
        Code::invalid_plan,
        fmt::format(
            "the plan's {} is \"{}\", which no stem of this session answers to{}",
            key,
            name,
            suggestion(name, allowed)
        )}
        .about_key(std::string{key});
}

/// 3 for the file's name, 2 for its role, 1 for "*", 0 for no match.
int exactness(StemPlan const& plan, Stem const& stem) {
    if (names_file(stem, plan.match)) {
        return 3;
    }
    if (plan.match == name_of(stem.role)) {
        return 2;
    }
    return plan.match == "*" ? 1 : 0;
}

} // namespace

std::optional<std::size_t> find_stem(Session const& session, std::string_view name) noexcept {
    for (std::size_t i = 0; i < session.stems.size(); ++i) {
        if (names_file(session.stems[i], name)) {
            return i;
        }
    }
    for (std::size_t i = 0; i < session.stems.size(); ++i) {
        if (name_of(session.stems[i].role) == name) {
            return i;
        }
    }
    return std::nullopt;
}

bool was_left_out(Session const& session, std::string_view name) noexcept {
    return std::ranges::any_of(session.findings, [&](Finding const& finding) {
        return finding.severity == Severity::refuse && finding.stem == name;
    });
}

std::size_t stem_matching(Session const& session, std::string_view name) {
    if (auto const found = find_stem(session, name)) {
        return *found;
    }
    fail(session, "stem.eq.dynamic.key", name);
}

StemPlan plan_for_stem(MasteringPlan const& plan, Stem const& stem) {
    StemPlan const* best = nullptr;
    for (auto const& candidate : plan.stem) {
        int const value = exactness(candidate, stem);
        if (value > 0 && (best == nullptr || value > exactness(*best, stem))) {
            best = &candidate;
        }
    }
    StemPlan out = best != nullptr ? *best : StemPlan{};
    out.match = stem.file;
    return out;
}

void check_matches(MasteringPlan const& plan, Session const& session) {
    for (auto const& stem : plan.stem) {
        bool const is_known = stem.match == "*" || find_stem(session, stem.match) ||
                              was_left_out(session, stem.match);
        if (!is_known) {
            fail(session, "stem.match", stem.match);
        }
        if (!stem.eq.is_set()) {
            continue;
        }
        for (auto const& band : stem.eq.value()) {
            if (band.dynamic) {
                (void)stem_matching(session, band.dynamic->key);
            }
        }
    }
}

} // namespace stemlathe
