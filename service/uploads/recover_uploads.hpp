#pragma once

#include "service/uploads/uploads.hpp"

namespace stemlathe::service {

/// Repairs, before anybody writes, what a death left: after a reboot files are cut back to what was
/// durable; what was complete but not recorded is published; final uploads whose answer nobody got
/// are ended, for their parts are still there; files that no upload needs are removed. An upload
/// that cannot be repaired now is reported, and the next sweep tries again.
void recover_uploads(Uploads& uploads);

/// What has to be done from time to time (each minute): uploads past their time end as "expired"
/// and give their bytes back, complete ones that could not be recorded are tried again, and those
/// that are over for as long as they lived are forgotten. From a thread that may wait, not the
/// application's.
void sweep_uploads(Uploads& uploads);

/// Whether an upload has all its bytes and is not recorded: somebody is about to, or could not,
/// because the disk or the queue was full, and a sweep has to.
[[nodiscard]] bool has_unrecorded_uploads(Database& database);

} // namespace stemlathe::service
