#pragma once

#include "tests/service/server/farm.hpp"

#include <string>

/// What the database says of a job.
namespace stemlathe::test {

/// The job of a render.
[[nodiscard]] std::string job_of(Farm& farm, std::string const& render);

/// "lost succeeded": how the leases of a job ended, one after the other.
[[nodiscard]] std::string outcomes_of(Farm& farm, std::string const& job);

/// Who had it last.
[[nodiscard]] std::string owner_of(Farm& farm, std::string const& job);

/// By whoever came after; on a very busy machine the next one may lose it too.
void expect_lost_and_done_again(Farm& farm, std::string const& job);

} // namespace stemlathe::test
