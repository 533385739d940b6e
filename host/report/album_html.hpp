#pragma once

#include "host/album/album_report.hpp"

#include <string>

namespace stemlathe {

/// An album's report.html: its songs beside each other, disc and sides with their tracks, and what
/// somebody must know. Self-contained; the songs' own reports are linked.
[[nodiscard]] std::string album_html(AlbumReport const& report);

} // namespace stemlathe
