#pragma once

#include <string>

namespace stemlathe::service {

/// All of an open file, at most 16 MiB. @throws Failure{storage_failed}
[[nodiscard]] std::string read_small_file(int descriptor);

} // namespace stemlathe::service
