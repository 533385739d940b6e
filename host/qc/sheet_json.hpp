#pragma once

#include "host/qc/sheet.hpp"

#include <string>

namespace stemlathe {

/// qc.json, schema stemlathe.qc/1. The same bytes for the same sheet.
[[nodiscard]] std::string qc_json(QcSheet const& sheet);

} // namespace stemlathe
