#include "host/verify/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace stemlathe {

namespace {

/// What the sentence calls each kind, in its order.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kKinds{{
    {"missing", "missing"},
    {"truncated", "cut short"},
    {"longer", "longer"},
    {"changed", "changed"},
    {"retagged", "with other tags"},
    {"renamed", "renamed"},
    {"unreadable", "unreadable"},
    {"link", "replaced by a link"},
    {"not_a_file", "no file"},
    {"extra", "too many"},
    {"document", "damaged as documents"},
    {"checksum_list", "wrong in a checksum list"},
    {"contradiction", "described in two ways"},
    {"figure", "with figures that are not true"},
}};

bool is_about_spec(Discrepancy const& found) {
    return found.code == "outside_spec";
}

/// "1 missing, 2 changed".
std::string counts_of(std::vector<Discrepancy> const& discrepancies) {
    std::string text;
    for (auto const& [code, words] : kKinds) {
        std::vector<std::string_view> paths;
        for (auto const& found : discrepancies) {
            if (found.code == code && std::ranges::find(paths, found.path) == paths.end()) {
                paths.push_back(found.path);
            }
        }
        if (!paths.empty()) {
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", paths.size(), words);
        }
    }
    return text;
}

std::string plural(std::int64_t count, std::string_view thing) {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

} // namespace

void summarise(Verification& verification) {
    auto const& found = verification.discrepancies;
    verification.is_within_spec = std::ranges::none_of(found, is_about_spec);
    verification.is_intact = std::ranges::all_of(found, is_about_spec);
    auto const name = verification.folder.string();
    auto const held = fmt::format(
        "{}, {}, {} measured again",
        plural(verification.packages, "package"),
        plural(verification.files, "file"),
        verification.measured
    );
    verification.sentence =
        verification.is_intact
            ? fmt::format("{} is what was delivered ({})", name, held)
            : fmt::format(
                  "{} is not what was delivered any more: {} ({})", name, counts_of(found), held
              );
    if (!verification.is_within_spec) {
        auto const first = std::ranges::find_if(found, is_about_spec);
        verification.sentence += fmt::format(
            "{} its spec: {}",
            verification.is_intact ? ", and misses" : "; it misses",
            first->message
        );
    } else if (verification.is_intact) {
        verification.sentence += " and meets its spec";
    }
}

} // namespace stemlathe
