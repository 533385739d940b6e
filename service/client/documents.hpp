#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Values of the documents that a service sends, which may be anything.
namespace stemlathe::service {

/// "" where it is missing or no text.
[[nodiscard]] std::string text_in(boost::json::object const& document, std::string_view key);

/// 0 where it is missing or no number.
[[nodiscard]] double number_in(boost::json::object const& document, std::string_view key);

/// Those of the list's items that are objects; empty where it is missing or no list.
[[nodiscard]] std::vector<boost::json::object>
objects_in(boost::json::object const& document, std::string_view key);

/// Empty where it is missing or none.
[[nodiscard]] boost::json::object
object_in(boost::json::object const& document, std::string_view key);

} // namespace stemlathe::service
