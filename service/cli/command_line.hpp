#pragma once

#include <string>
#include <vector>

namespace stemlathe::service {

/// Finds the command among the words after the program's name and runs it.
/// @returns the exit code of contract section 2
/// @throws Failure for everything that main() tells the user in a sentence
[[nodiscard]] int run_command_line(std::vector<std::string> const& words);

} // namespace stemlathe::service
