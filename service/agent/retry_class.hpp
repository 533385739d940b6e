#pragma once

#include "service/jobs/job_queue.hpp"

#include <string_view>

namespace stemlathe::service {

/// What becomes of a job that ended with a failure of this code (name_of(Code)); codes that nobody
/// knows are broken executors.
[[nodiscard]] Outcome retry_class(std::string_view code) noexcept;

} // namespace stemlathe::service
