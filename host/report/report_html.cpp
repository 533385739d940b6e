#include "host/report/report_html.hpp"

#include "host/report/html/sections.hpp"
#include "host/report/html/text.hpp"

#include <fmt/format.h>

namespace stemlathe {

namespace html {

std::string section(std::string const& title, std::string const& lead, std::string const& content) {
    return "<section><h2>" + title + "</h2>" +
           (lead.empty() ? "" : "<p class=\"lead\">" + lead + "</p>") + content + "</section>\n";
}

} // namespace html

std::string report_html(MasteringReport const& report) {
    auto const title = report.info.title.empty()
                           ? "Mastering report"
                           : html::escaped(report.info.title) + " – mastering report";
    // The policy makes the promise of the page binding: it asks the network for nothing.
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<meta http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none';style-src 'unsafe-inline'\">"
        "<title>{}</title><style>{}</style></head>\n<body><main>\n"
        "{}{}{}{}{}{}{}{}"
        "<footer>The same figures for programs: report.json, schema stemlathe.report/1.</footer>\n"
        "</main></body></html>\n",
        title,
        html::style_sheet(),
        html::header_section(report),
        html::delivery_section(report),
        html::loudness_section(report),
        html::reduction_section(report),
        html::stem_section(report),
        html::intake_section(report),
        html::plan_section(report),
        html::engine_section(report)
    );
}

} // namespace stemlathe
