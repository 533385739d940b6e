#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stemlathe::test {

/// How often `word` stands in `text`.
[[nodiscard]] std::size_t count_of(std::string const& text, std::string const& word);

/// Whether every tag that opens closes again in the right order.
[[nodiscard]] testing::AssertionResult is_well_nested(std::string const& page);

/// The values of every attribute of that name, in order.
[[nodiscard]] std::vector<std::string> attributes(std::string const& page, std::string const& name);

} // namespace stemlathe::test
