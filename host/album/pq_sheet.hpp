#pragma once

#include "host/album/album_report.hpp"
#include "host/vinyl/side_plan.hpp"

#include <string>

namespace stemlathe {

/// The PQ sheet of one side of a record: what the file is, where its songs begin (mm:ss:ff, 75
/// frames to a second), how long and how loud it is, how it fits the side, what was checked.
[[nodiscard]] std::string
pq_sheet(AlbumReport const& report, AlbumFile const& side, SideFormat const& format);

/// "mm:ss:ff" of a time in a file, rounded down.
[[nodiscard]] std::string pq_time(double seconds);

} // namespace stemlathe
