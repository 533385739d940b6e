#pragma once

#include "host/report/report.hpp"

#include <string>

namespace stemlathe::html {

/// The parts of report.html, in the order of the page; each is empty where the report has nothing
/// to show in it.
[[nodiscard]] std::string header_section(MasteringReport const& report);
[[nodiscard]] std::string delivery_section(MasteringReport const& report);
[[nodiscard]] std::string loudness_section(MasteringReport const& report);
[[nodiscard]] std::string reduction_section(MasteringReport const& report);
[[nodiscard]] std::string stem_section(MasteringReport const& report);
[[nodiscard]] std::string intake_section(MasteringReport const& report);
[[nodiscard]] std::string plan_section(MasteringReport const& report);
[[nodiscard]] std::string engine_section(MasteringReport const& report);

/// A titled part of the page; `lead` is the sentence under its title.
[[nodiscard]] std::string
section(std::string const& title, std::string const& lead, std::string const& content);

/// The style sheet: light and dark by the reader's own setting.
[[nodiscard]] std::string_view style_sheet() noexcept;

} // namespace stemlathe::html
