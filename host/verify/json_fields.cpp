#include "host/verify/json_fields.hpp"

#include "kernels/base/failure.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace stemlathe {

namespace json = boost::json;

namespace {

constexpr std::size_t kDepthMax = 8;
constexpr std::size_t kPathBytesMax = 4096;
constexpr std::size_t kEntriesMax = 100'000;

bool is_lower_hexadecimal(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

} // namespace

json::object parse_foreign_json(std::string_view text, std::string const& document) {
    json::parse_options options;
    options.max_depth = kDepthMax;
    json::error_code error;
    auto parsed = json::parse({text.data(), text.size()}, error, {}, options);
    if (error) {
        throw Failure{
            Code::unreadable, fmt::format("{} is not JSON: {}", document, error.message())};
    }
    if (!parsed.is_object()) {
        throw Failure{Code::unreadable, document + " is JSON, but not an object"};
    }
    return std::move(parsed.get_object());
}

bool is_inner_path(std::string_view path) {
    if (path.empty() || path.size() > kPathBytesMax || path.find('\0') != std::string_view::npos) {
        return false;
    }
    for (;;) {
        auto const slash = path.find('/');
        auto const part = path.substr(0, slash);
        if (part.empty() || part == "." || part == "..") {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        path.remove_prefix(slash + 1);
    }
}

JsonFields::JsonFields(json::object const& object, std::string where)
    : object_(&object), where_(std::move(where)) {}

json::value const* JsonFields::find(std::string_view key) const {
    return object_->if_contains({key.data(), key.size()});
}

void JsonFields::refuse(std::string_view key, std::string_view must_be) const {
    throw Failure{
        Code::unreadable,
        fmt::format("{}{}{} is {}", where_, where_.ends_with(']') ? "." : " ", key, must_be)}
        .about_key(std::string{key});
}

std::string JsonFields::text(std::string_view key) const {
    auto const* const value = find(key);
    if (value == nullptr || !value->is_string()) {
        refuse(key, "missing or no text");
    }
    return {value->get_string().begin(), value->get_string().end()};
}

std::string JsonFields::text_or_empty(std::string_view key) const {
    auto const* const value = find(key);
    return value == nullptr || value->is_null() ? std::string{} : text(key);
}

std::string JsonFields::digest(std::string_view key, std::size_t digits) const {
    auto out = text(key);
    if (out.size() != digits || !is_lower_hexadecimal(out)) {
        refuse(key, fmt::format("no checksum of {} hexadecimal digits", digits));
    }
    return out;
}

std::string JsonFields::path(std::string_view key) const {
    auto out = text(key);
    if (!is_inner_path(out)) {
        refuse(key, "no path that stays inside the folder");
    }
    return out;
}

std::int64_t JsonFields::count(std::string_view key) const {
    auto const* const value = find(key);
    if (value == nullptr || !value->is_int64() || value->get_int64() < 0) {
        refuse(key, "missing or no whole number from 0 on");
    }
    return value->get_int64();
}

std::optional<double> JsonFields::number(std::string_view key) const {
    auto const* const value = find(key);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    if (!value->is_number()) {
        refuse(key, "no number");
    }
    double const number = value->to_number<double>();
    if (!std::isfinite(number)) {
        refuse(key, "no finite number");
    }
    return number;
}

bool JsonFields::flag(std::string_view key) const {
    auto const* const value = find(key);
    if (value == nullptr || !value->is_bool()) {
        refuse(key, "neither true nor false");
    }
    return value->get_bool();
}

std::vector<JsonFields> JsonFields::objects(std::string_view key) const {
    auto const* const value = find(key);
    if (value == nullptr || !value->is_array() || value->get_array().size() > kEntriesMax) {
        refuse(key, fmt::format("missing, or no list of at most {} entries", kEntriesMax));
    }
    std::vector<JsonFields> out;
    for (auto const& entry : value->get_array()) {
        auto const where =
            fmt::format("{}{}{}[{}]", where_, where_.ends_with(']') ? "." : " ", key, out.size());
        if (!entry.is_object()) {
            throw Failure{Code::unreadable, where + " is no object"};
        }
        out.emplace_back(entry.get_object(), where);
    }
    return out;
}

std::optional<JsonFields> JsonFields::object_or_null(std::string_view key) const {
    auto const* const value = find(key);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    if (!value->is_object()) {
        refuse(key, "no object");
    }
    return JsonFields{value->get_object(), where_};
}

} // namespace stemlathe
