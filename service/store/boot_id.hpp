#pragma once

#include <string>

namespace stemlathe::service {

/// Names the time since the machine started: what was written but not synced under another one may
/// be lost. @throws Failure{storage_failed} the kernel does not say
[[nodiscard]] std::string boot_id();

} // namespace stemlathe::service
