#pragma once

#include "service/api/call.hpp"
#include "service/blobs/scrub_record.hpp"
#include "service/http/message.hpp"

#include <boost/json/object.hpp>

namespace stemlathe::service {

// POST /v1/scrubs {"files", "bytes", "damaged"} -> 201: all files were read, elsewhere
[[nodiscard]] Response create_scrub(Call const& call);

[[nodiscard]] boost::json::object scrub_json(ScrubRecord const& record);

} // namespace stemlathe::service
