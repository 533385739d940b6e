#pragma once

#include "service/uploads/upload_rows.hpp"
#include "service/uploads/uploads.hpp"

namespace stemlathe::service {

/// Makes an upload whose last byte is durable what it is for: a partial one waits for its
/// concatenation; of any other the blob is published and, in one transaction, the upload completed,
/// a stem put into its session (an older file of the same kind and name goes), its probe queued and
/// "stem.probing" told. May be called again after a death at any moment. By the holder of the
/// upload, not on the application thread.
/// @throws Problem{checksum_mismatch} the file is not what its metadata says: the upload failed;
/// {gone} its session was deleted: it failed too; QueueFull, Failure: it stays as it is, call again
void finish_upload(Uploads& uploads, Upload const& upload);

/// Ends an upload that cannot succeed, and forgets its bytes. Not on the application thread.
void fail_upload(Uploads& uploads, Upload const& upload);

} // namespace stemlathe::service
