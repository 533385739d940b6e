#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace stemlathe::service {

/// The files of a delivery as one ZIP that is made while it is sent, with MANIFEST.sha256 in it
/// (`sha256sum -c` reads it). The same delivery is the same bytes every time, so that a download
/// can be resumed by Range.
/// @param files    as deliveries keep them
/// @param details  of the session: title and artist name the archive
[[nodiscard]] Response archive_answer(
    Call const& call, boost::json::array const& files, boost::json::object const& details
);

} // namespace stemlathe::service
