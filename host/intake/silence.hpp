#pragma once

#include "host/model/session.hpp"

#include <optional>
#include <string>

namespace stemlathe {

/// A file whose highest sample lies under this was exported muted.
inline constexpr double kSilentPeak_dbfs = -70.0;

/// `silent`: nothing sounds in the file. @param peak_dbfs  nullopt: only zeros
[[nodiscard]] Finding silent_finding(std::string const& file, std::optional<double> peak_dbfs);

} // namespace stemlathe
