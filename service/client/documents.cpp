#include "service/client/documents.hpp"

#include <boost/json/array.hpp>

namespace stemlathe::service {

std::string text_in(boost::json::object const& document, std::string_view key) {
    auto const* const value = document.if_contains(key);
    return value != nullptr && value->is_string() ? std::string{value->as_string()} : std::string{};
}

double number_in(boost::json::object const& document, std::string_view key) {
    auto const* const value = document.if_contains(key);
    return value != nullptr && value->is_number() ? value->to_number<double>() : 0.0;
}

std::vector<boost::json::object>
objects_in(boost::json::object const& document, std::string_view key) {
    std::vector<boost::json::object> objects;
    auto const* const value = document.if_contains(key);
    if (value != nullptr && value->is_array()) {
        for (auto const& item : value->as_array()) {
            if (item.is_object()) {
                objects.push_back(item.as_object());
            }
        }
    }
    return objects;
}

boost::json::object object_in(boost::json::object const& document, std::string_view key) {
    auto const* const value = document.if_contains(key);
    return value != nullptr && value->is_object() ? value->as_object() : boost::json::object{};
}

} // namespace stemlathe::service
