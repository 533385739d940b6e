#pragma once

#include "host/qc/sheet.hpp"
#include "host/report/pdf/document.hpp"

#include <span>
#include <string>

namespace stemlathe {

/// qc.pdf: one or two A4 pages per sheet, each sheet on a page of its own. Text can be selected;
/// the same bytes for the same sheets and fonts.
/// @param sheets  at least one
/// @throws Failure{out_of_memory, internal}
[[nodiscard]] std::string qc_pdf(std::span<QcSheet const> sheets, pdf::Fonts const& fonts);

} // namespace stemlathe
