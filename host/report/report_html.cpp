#include "host/report/report_html.hpp"

#include "host/report/html/sections.hpp"
#include "host/report/html/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>

namespace stemlathe {

namespace html {

std::string section_id(std::string_view title) {
    std::string id;
    for (char const c : title) {
        auto const letter = static_cast<unsigned char>(c);
        id += std::isalnum(letter) != 0 ? static_cast<char>(std::tolower(letter)) : '-';
    }
    return id;
}

std::string section(std::string const& title, std::string const& lead, std::string const& content) {
    return R"(<section id=")" + section_id(title) + R"("><h2>)" + title + "</h2>" +
           (lead.empty() ? "" : R"(<p class="lead">)" + lead + "</p>") + content + "</section>\n";
}

std::string page(std::string const& title, std::string const& content, std::string const& footer) {
    // The policy makes the promise of the page binding: it asks the network for nothing.
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        R"(<meta name="viewport" content="width=device-width,initial-scale=1">)"
        R"(<meta http-equiv="Content-Security-Policy" )"
        R"(content="default-src 'none';style-src 'unsafe-inline'">)"
        "<title>{}</title><style>{}{}</style></head>\n"
        "<body><a class=\"skip\" href=\"#report\">Skip to the report</a><main>\n"
        "{}<footer>{}</footer>\n</main></body></html>\n",
        title,
        page_style(),
        masking_style(),
        content,
        footer
    );
}

std::string mark(std::string const& kind) {
    return R"(<div class="mark"><svg viewBox="0 0 32 20" aria-hidden="true">)"
           R"(<path d="M1,10H4M7,5V15M11,1V19M15,6V14M19,3V17M23,7V13M27,9V11M30,10H31"/></svg>)"
           "stemlathe <span>" +
           kind + "</span></div>";
}

namespace {

struct Part {
    char const* name; ///< in the list of contents
    std::string (*draw)(MasteringReport const&);
};

constexpr std::array<Part, 13> kParts{{
    {"Summary", summary_section},
    {"Deliveries", delivery_section},
    {"Timeline", timeline_section},
    {"Findings", masking_findings_section},
    {"Heat map", heat_map_section},
    {"Pairs", pair_section},
    {"Comments", comment_section},
    {"Loudness", loudness_section},
    {"Gain reduction", reduction_section},
    {"Stems", stem_section},
    {"Intake", intake_section},
    {"Plan", plan_section},
    {"Engine", engine_section},
}};

/// The id that a part gave itself.
std::string_view id_of(std::string_view part) {
    constexpr std::string_view kStart = R"(<section id=")";
    auto const rest = part.substr(kStart.size());
    return rest.substr(0, rest.find('"'));
}

struct Body {
    std::string contents; ///< a link per part
    std::string parts;
};

Body body_of(MasteringReport const& report) {
    Body body;
    for (auto const& part : kParts) {
        auto const text = part.draw(report);
        if (!text.empty()) {
            body.contents += fmt::format(R"(<a href="#{}">{}</a>)", id_of(text), part.name);
            body.parts += text;
        }
    }
    return body;
}

/// A page with masking or comments is long enough to want a list of contents.
std::string contents(MasteringReport const& report, std::string const& links) {
    return report.masking || report.comments ? R"(<nav aria-label="Contents">)" + links + "</nav>\n"
                                             : std::string{};
}

} // namespace

} // namespace html

std::string report_html(MasteringReport const& report) {
    auto const title = report.info.title.empty()
                           ? "Mastering report"
                           : html::escaped(report.info.title) + " – mastering report";
    auto const body = html::body_of(report);
    return html::page(
        title,
        html::header_section(report) + html::contents(report, body.contents) +
            R"(<div id="report" tabindex="-1">)" + body.parts + "</div>",
        "The same figures for programs: report.json, schema stemlathe.report/1."
    );
}

} // namespace stemlathe
