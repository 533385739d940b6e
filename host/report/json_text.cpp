#include "host/report/json_text.hpp"

#include "host/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace stemlathe {

namespace json = boost::json;

namespace {

bool is_plain(json::value const& value) {
    return !value.is_object() && !value.is_array();
}

void write(std::string& out, json::value const& value, std::size_t depth);

std::string quoted(std::string_view text) {
    return json::serialize(json::string(valid_utf8(text)));
}

void write_number(std::string& out, double number) {
    std::array<char, 64> text{};
    double const size = std::abs(number);
    bool const fits_plainly = number == 0.0 || (size >= 1e-9 && size < 1e15);
    auto const end =
        fits_plainly ? std::to_chars(
                           text.data(), text.data() + text.size(), number, std::chars_format::fixed
                       )
                     : std::to_chars(text.data(), text.data() + text.size(), number);
    out.append(text.data(), end.ptr);
}

void write_array(std::string& out, json::array const& items, std::size_t depth) {
    if (std::all_of(items.begin(), items.end(), is_plain)) {
        out += '[';
        for (std::size_t i = 0; i < items.size(); ++i) {
            out += i == 0 ? "" : ", ";
            write(out, items[i], depth);
        }
        out += ']';
        return;
    }
    std::string const indent(2 * (depth + 1), ' ');
    out += "[\n";
    for (std::size_t i = 0; i < items.size(); ++i) {
        out += indent;
        write(out, items[i], depth + 1);
        out += i + 1 < items.size() ? ",\n" : "\n";
    }
    out += std::string(2 * depth, ' ') + "]";
}

void write_object(std::string& out, json::object const& members, std::size_t depth) {
    if (members.empty()) {
        out += "{}";
        return;
    }
    std::string const indent(2 * (depth + 1), ' ');
    out += "{\n";
    std::size_t left = members.size();
    for (auto const& member : members) {
        out += indent + quoted(member.key()) + ": ";
        write(out, member.value(), depth + 1);
        out += --left > 0 ? ",\n" : "\n";
    }
    out += std::string(2 * depth, ' ') + "}";
}

void write(std::string& out, json::value const& value, std::size_t depth) {
    if (value.is_object()) {
        write_object(out, value.get_object(), depth);
    } else if (value.is_array()) {
        write_array(out, value.get_array(), depth);
    } else if (value.is_double()) {
        write_number(out, value.get_double());
    } else if (value.is_string()) {
        out += quoted(value.get_string());
    } else {
        out += json::serialize(value);
    }
}

} // namespace

std::string json_text(json::value const& value) {
    std::string out;
    write(out, value, 0);
    out += '\n';
    return out;
}

json::value rounded(std::optional<double> number, int decimals) {
    if (!number || !std::isfinite(*number)) {
        return nullptr;
    }
    double const scale = std::pow(10.0, decimals);
    double const value = std::round(*number * scale) / scale;
    return value == 0.0 ? 0.0 : value; // no "-0"
}

json::value text_or_null(std::string const& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

} // namespace stemlathe
