#pragma once

#include "kernels/base/failure.hpp"

#include <exception>
#include <string>
#include <vector>

namespace stemlathe::service {

/// Exit code for a failure of this kind; contract section 2.
[[nodiscard]] int exit_code_of(Code code) noexcept;

/// Whether the user asked for machine-readable output, even if the rest of the line is wrong.
[[nodiscard]] bool wants_json(std::vector<std::string> const& words);

/// Tells the user: a sentence on stderr, or with `as_json` an error object on stdout.
/// @returns the exit code
[[nodiscard]] int report_failure(std::exception const& failure, bool as_json);

} // namespace stemlathe::service
