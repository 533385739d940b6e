#pragma once

#include "host/model/session.hpp"
#include "host/report/report.hpp"

#include <string>

namespace stemlathe {

/// The sheet for the cutting room: what the file is, how long and how loud, what was done, and how
/// the length fits a side.
[[nodiscard]] std::string
side_sheet(DeliveryReport const& report, Session const& session, std::string const& wave_file);

} // namespace stemlathe
