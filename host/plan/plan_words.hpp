#pragma once

#include "host/toml/table_reader.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stemlathe {

/// Where several parts of the plan's reader meet.

template <typename Target, typename Value>
void set_if(Target& target, std::optional<Value> value) {
    if (value) {
        target = std::move(*value);
    }
}

/// The value that the key's word stands for in one of the tables of plan_names.hpp.
template <typename Value, std::size_t count>
[[nodiscard]] Value word_in(
    TableReader& reader,
    std::string_view key,
    std::array<std::pair<Value, std::string_view>, count> const& names,
    Value otherwise
) {
    std::vector<std::string_view> allowed;
    for (auto const& [value, name] : names) {
        allowed.push_back(name);
    }
    auto const word = reader.word(key, allowed);
    for (auto const& [value, name] : names) {
        if (word && *word == name) {
            return value;
        }
    }
    return otherwise;
}

/// Which of the words "auto" and "off" the key's value is; left out is "auto". nullopt: it is
/// something else.
[[nodiscard]] std::optional<std::string> keyword(TableReader& reader, std::string_view key);

} // namespace stemlathe
