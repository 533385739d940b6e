#include "host/report/html/margin_gauge.hpp"

#include "host/report/html/severity.hpp"
#include "host/report/html/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::html {

namespace {

constexpr double kLow_db = -6.0;
constexpr double kHigh_db = 18.0;

double percent_at(double margin_db) {
    return 100.0 * (std::clamp(margin_db, kLow_db, kHigh_db) - kLow_db) / (kHigh_db - kLow_db);
}

/// One stretch per severity, with its lower bound as a figure.
std::string zones() {
    std::string out;
    std::string bounds;
    double from_db = kLow_db;
    for (auto const& look : kSeverities) {
        out += fmt::format(
            R"(<i class="{}" style="left:{:.2f}%;width:{:.2f}%"></i>)",
            look.style,
            percent_at(from_db),
            percent_at(look.below_db) - percent_at(from_db)
        );
        bounds += fmt::format(
            R"(<small style="left:{:.2f}%">{:.0f}</small>)",
            percent_at(look.below_db),
            look.below_db
        );
        from_db = look.below_db;
    }
    return out + bounds;
}

std::string dot(std::string const& style, double margin_db) {
    return fmt::format(R"(<b class="{}" style="left:{:.2f}%"></b>)", style, percent_at(margin_db));
}

std::string key(std::string const& style, std::string const& text) {
    return R"(<li><b class=")" + style + R"("></b>)" + text + "</li>";
}

} // namespace

std::string margin_gauge(MaskingFinding const& finding) {
    auto dots = dot("target", finding.target_db);
    auto keys = key("now", "<strong>" + figure(finding.margin_db) + " dB</strong> now");
    auto const& fix = finding.fix;
    if (fix && fix->predicted_margin_db && !fix->measured_margin_db) {
        dots += dot("predicted", *fix->predicted_margin_db);
        keys +=
            key("predicted",
                "<strong>" + figure(fix->predicted_margin_db) + " dB</strong> predicted");
    }
    if (fix && fix->measured_margin_db) {
        dots += dot("measured", *fix->measured_margin_db);
        keys +=
            key("measured",
                "<strong>" + figure(fix->measured_margin_db) + " dB</strong> measured" +
                    (fix->predicted_margin_db
                         ? " <small>" + figure(fix->predicted_margin_db) + " predicted</small>"
                         : std::string{}));
    }
    keys += key("target", "<strong>" + figure(finding.target_db) + " dB</strong> wanted");
    return R"(<div class="gauge"><div class="scale" aria-hidden="true">)" + zones() + dots +
           dot("now", finding.margin_db) + "</div><ul>" + keys + "</ul></div>";
}

} // namespace stemlathe::html
