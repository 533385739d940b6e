#pragma once

#include "service/api/call.hpp"
#include "service/uploads/upload_rows.hpp"
#include "service/uploads/uploads.hpp"

#include <cstdint>

namespace stemlathe::service {

/// The upload of the path's {upload}, one that is not over.
/// @throws Problem{not_found} it is not there for the caller; {gone} it was deleted, has expired or
/// failed
[[nodiscard]] Upload upload_of_path(Call const& call);

/// How many of its bytes have come. Of an upload that nobody writes to. Where several processes may
/// write, those that are durable: of the rest a machine that went down may have kept nothing.
[[nodiscard]] std::int64_t offset_of(Uploads const& uploads, Upload const& upload);

/// @throws Problem{locked}, always; the answer waits up to 2 s for the upload to come free
[[noreturn]] void refuse_while_written();

/// The same where somebody, here or in another process, writes to it; he is asked to make an end.
void refuse_if_written(Uploads& uploads, Upload const& upload);

} // namespace stemlathe::service
