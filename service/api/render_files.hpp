#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// GET /v1/renders/{render}/report (Accept: application/json | text/html) -> 200 | 404 | 406
[[nodiscard]] Response show_report(Call const& call);
// GET /v1/renders/{render}/media (Range) -> 200 | 206 | 404 | 416
[[nodiscard]] Response play_media(Call const& call);
// GET /v1/renders/{render}/peaks?px= -> 200 | 404
[[nodiscard]] Response show_peaks(Call const& call);
// GET /v1/renders/{render}/files/{name...} (Range) -> 200 | 206 | 403 not approved | 404 | 416
[[nodiscard]] Response send_file(Call const& call);

} // namespace stemlathe::service
