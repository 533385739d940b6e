#pragma once

#include <gtest/gtest.h>

#include <string>

namespace stemlathe::test {

/// Whether `text` is what tests/golden/<name> holds. Where it is not, `<name>.received` lies beside
/// it; run the test with STEMLATHE_APPROVE=1 to take the new text as right.
[[nodiscard]] testing::AssertionResult is_golden(std::string const& text, std::string const& name);

} // namespace stemlathe::test
