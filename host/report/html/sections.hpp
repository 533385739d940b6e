#pragma once

#include "host/report/report.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace stemlathe::html {

/// The parts of report.html, in the order of the page; each is empty where the report has nothing
/// to show in it.
[[nodiscard]] std::string header_section(MasteringReport const& report);
[[nodiscard]] std::string summary_section(MasteringReport const& report);
[[nodiscard]] std::string delivery_section(MasteringReport const& report);
[[nodiscard]] std::string timeline_section(MasteringReport const& report);
[[nodiscard]] std::string masking_findings_section(MasteringReport const& report);
[[nodiscard]] std::string heat_map_section(MasteringReport const& report);
[[nodiscard]] std::string pair_section(MasteringReport const& report);
[[nodiscard]] std::string comment_section(MasteringReport const& report);
[[nodiscard]] std::string loudness_section(MasteringReport const& report);
[[nodiscard]] std::string reduction_section(MasteringReport const& report);
[[nodiscard]] std::string stem_section(MasteringReport const& report);
[[nodiscard]] std::string intake_section(MasteringReport const& report);
[[nodiscard]] std::string plan_section(MasteringReport const& report);
[[nodiscard]] std::string engine_section(MasteringReport const& report);

/// How many masking findings have a card and a number in the pictures; the others have a row.
inline constexpr std::size_t kCardFindings = 10;

/// The id of the card or row of a masking finding.
[[nodiscard]] std::string finding_id(std::size_t index);

/// The id of the part with that title: "Gain reduction" is "gain-reduction".
[[nodiscard]] std::string section_id(std::string_view title);

/// A titled part of the page; `lead` is the sentence under its title.
[[nodiscard]] std::string
section(std::string const& title, std::string const& lead, std::string const& content);

/// A whole page. @param title, content, footer  HTML; `content` holds an element with id "report"
[[nodiscard]] std::string
page(std::string const& title, std::string const& content, std::string const& footer);

/// What stands above the title: "stemlathe mastering report". @param kind  of page
[[nodiscard]] std::string mark(std::string const& kind);

/// The style sheets: light and dark by the reader's own setting, always light on paper.
[[nodiscard]] std::string_view page_style() noexcept;
[[nodiscard]] std::string_view masking_style() noexcept;

} // namespace stemlathe::html
