#include "host/toml/nearest_name.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

namespace stemlathe {

namespace {

char lower(char c) noexcept {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Levenshtein distance without case. Source: Wagner & Fischer, JACM 21(1), 1974.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            std::size_t const replaced = diagonal + (lower(a[i]) == lower(b[j]) ? 0U : 1U);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row[b.size()];
}

} // namespace

std::string_view nearest_name(std::string_view wrong, std::span<std::string_view const> allowed) {
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(2, wrong.size() / 2);
    for (auto const name : allowed) {
        if (auto const d = distance(wrong, name); d <= best_distance && d < name.size()) {
            if (best.empty() || d < best_distance) {
                best = name;
                best_distance = d;
            }
        }
    }
    return best;
}

std::string suggestion(std::string_view wrong, std::span<std::string_view const> allowed) {
    if (auto const near = nearest_name(wrong, allowed); !near.empty()) {
        return "; did you mean \"" + std::string{near} + "\"?";
    }
    std::string list;
    for (auto const name : allowed) {
        list += (list.empty() ? "" : ", ") + std::string{name};
    }
    return "; it must be one of: " + list;
}

} // namespace stemlathe
