#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace stemlathe::service {

/// What differs between two documents, place by place: [{"pointer", "before", "after"}], at most
/// 200 entries, in order of the keys. Lists are compared by position.
[[nodiscard]] boost::json::array
differences(boost::json::value const& before, boost::json::value const& after);

/// What differs between two revisions: their plans, and stems that came, went or were replaced.
/// @param plan, stems  JSON text as renders keep it
[[nodiscard]] boost::json::array revision_changes(
    std::string const& plan_before,
    std::string const& plan,
    std::string const& stems_before,
    std::string const& stems
);

} // namespace stemlathe::service
