#pragma once

#include "kernels/base/failure.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::test {

[[nodiscard]] std::vector<std::byte> read_bytes(std::filesystem::path const& path);
void write_bytes(std::filesystem::path const& path, std::vector<std::byte> const& bytes);

/// What a program printed (both streams) and how it ended; nothing if it is not installed.
struct ProgramResult {
    int exit_code = 0;
    std::string output{};
};

/// Runs a shell command whose first word is the program. An independent judge that is not
/// installed lets its test skip in words.
[[nodiscard]] std::optional<ProgramResult> run_program(std::string const& command);

/// The Failure that `action` ends with; nothing if it ends well.
[[nodiscard]] std::optional<Failure> failure_of(std::function<void()> const& action);

/// EXPECT_TRUE(fails_with(Code::unreadable, "is cut off", [&] { ... })): also that it is a
/// sentence.
[[nodiscard]] ::testing::AssertionResult
fails_with(Code code, std::string_view words, std::function<void()> const& action);

} // namespace stemlathe::test
