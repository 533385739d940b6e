#include "service/uploads/uploads.hpp"

#include "service/store/boot_id.hpp"

#include <utility>

namespace stemlathe::service {

Uploads::Uploads(UploadTools tools)
    : tools_{std::move(tools)},
      files_{
          tools_.folder.empty() ? tools_.blobs.workshop().parent_path() / "uploads"
                                : tools_.folder},
      open_{tools_.changed},
      writers_{tools_.process, tools_.periods},
      boot_{boot_id()} {}

} // namespace stemlathe::service
