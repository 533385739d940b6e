#include "host/report/html/severity.hpp"

#include "host/report/html/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::html {

std::size_t severity_of(double margin_db) noexcept {
    auto const found = std::ranges::find_if(kSeverities, [&](auto const& look) {
        return margin_db < look.below_db;
    });
    return static_cast<std::size_t>(found - kSeverities.begin());
}

SeverityLook const& look_of(std::string_view word) noexcept {
    auto const found = std::ranges::find(kSeverities, word, &SeverityLook::word);
    return found != kSeverities.end() ? *found : kSeverities.back();
}

std::string severity_label(std::string_view word) {
    auto const& look = look_of(word);
    return fmt::format(
        R"(<span class="severity {}"><i aria-hidden="true">{}</i>{}</span>)",
        look.style,
        look.shape,
        escaped(word)
    );
}

} // namespace stemlathe::html
