#pragma once

#include "service/uploads/upload_file.hpp"
#include "service/uploads/upload_rows.hpp"
#include "service/uploads/uploads.hpp"

#include <memory>

/// Files of uploads where another process may have taken them over. Whoever takes over makes the
/// file anew before the database says that it is his: so a file that was opened, or linked, while
/// the database still names us cannot be the one that he writes to. Not on the application thread.
namespace stemlathe::service {

/// @throws Problem{locked} the upload is another process's by now
void confirm_writer(Uploads const& uploads, Upload const& upload);

/// The upload's file, for its holder. Where processes share it, it ends where it is durable.
/// @throws Problem{locked} as above, {conflict} the file was lost, and the upload begins anew
[[nodiscard]] std::unique_ptr<UploadFile> open_own_file(Uploads const& uploads, Upload& upload);

} // namespace stemlathe::service
