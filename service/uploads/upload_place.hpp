#pragma once

#include "service/uploads/uploads.hpp"

#include <filesystem>

namespace stemlathe::service {

/// Makes sure that every process on this one's store goes on with the same open uploads, where the
/// files beside them do not say so (a bucket): the folder that all are told to share has the name
/// that the database knows, in its file "installation", or this process is the only one. May wait
/// for some seconds until one that died is known to be gone. Before anything else is done with
/// uploads; nothing to do where the process has its store for itself.
/// @param shared  the folder that is to be shared; empty: none
/// @throws Failure{invalid_argument} that says what to do; {storage_full, storage_failed}
void claim_upload_place(Uploads& uploads, std::filesystem::path const& shared);

} // namespace stemlathe::service
