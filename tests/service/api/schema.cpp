#include "tests/service/api/schema.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>

namespace stemlathe::test {

namespace {

namespace json = boost::json;

bool is_type(json::value const& value, std::string_view type) {
    if (type == "integer") {
        return value.is_int64() || value.is_uint64() ||
               (value.is_double() && std::floor(value.get_double()) == value.get_double());
    }
    return (type == "null" && value.is_null()) || (type == "string" && value.is_string()) ||
           (type == "number" && value.is_number()) || (type == "boolean" && value.is_bool()) ||
           (type == "object" && value.is_object()) || (type == "array" && value.is_array());
}

bool has_type(json::value const& value, json::value const& types) {
    if (types.is_string()) {
        return is_type(value, types.as_string());
    }
    return std::ranges::any_of(types.as_array(), [&](json::value const& type) {
        return is_type(value, type.as_string());
    });
}

std::regex const& pattern_of(std::string const& text) {
    static std::map<std::string, std::regex> known;
    auto const found = known.find(text);
    return found != known.end() ? found->second : known.emplace(text, text).first->second;
}

class Checker {
  public:
    Checker(json::value const& document, Strictness strictness)
        : document_{document}, strictness_{strictness} {}

    std::string
    check(json::value const& value, json::value const& schema, std::string const& place) const {
        auto const& rules = schema.as_object();
        if (auto const* reference = rules.if_contains("$ref")) {
            return check(value, pointed_at(document_, reference->as_string()), place);
        }
        if (auto const* choices = rules.if_contains("oneOf")) {
            auto const count = std::ranges::count_if(choices->as_array(), [&](auto const& choice) {
                return check(value, choice, place).empty();
            });
            return count == 1 ? "" : place + " fits " + std::to_string(count) + " of oneOf";
        }
        if (auto const* type = rules.if_contains("type"); type && !has_type(value, *type)) {
            return place + " is " + json::serialize(value) + ", not " + json::serialize(*type);
        }
        if (auto const* words = rules.if_contains("enum");
            words && std::ranges::find(words->as_array(), value) == words->as_array().end()) {
            return place + " is " + json::serialize(value) + ", not in the enum";
        }
        if (auto const* only = rules.if_contains("const"); only && *only != value) {
            return place + " is not the constant";
        }
        return value.is_string()   ? check_text(value.get_string(), rules, place)
               : value.is_number() ? check_number(value, rules, place)
               : value.is_array()  ? check_array(value.get_array(), rules, place)
               : value.is_object() ? check_object(value.get_object(), rules, place)
                                   : std::string{};
    }

  private:
    static std::string
    check_text(json::string const& text, json::object const& rules, std::string const& place) {
        auto const* least = rules.if_contains("minLength");
        auto const* most = rules.if_contains("maxLength");
        auto const size = static_cast<std::int64_t>(text.size());
        if ((least && size < least->as_int64()) || (most && size > most->as_int64())) {
            return place + " has a wrong length";
        }
        auto const* pattern = rules.if_contains("pattern");
        if (pattern && !std::regex_search(
                           std::string{text.c_str()}, pattern_of(pattern->as_string().c_str())
                       )) {
            return place + " is " + text.c_str() + ", which the pattern does not match";
        }
        return {};
    }

    static std::string
    check_number(json::value const& value, json::object const& rules, std::string const& place) {
        auto const number = value.to_number<double>();
        auto const* least = rules.if_contains("minimum");
        auto const* most = rules.if_contains("maximum");
        bool const is_out = (least && number < least->to_number<double>()) ||
                            (most && number > most->to_number<double>());
        return is_out ? place + " is out of its range" : std::string{};
    }

    std::string check_array(
        json::array const& list, json::object const& rules, std::string const& place
    ) const {
        auto const* least = rules.if_contains("minItems");
        auto const* most = rules.if_contains("maxItems");
        auto const size = static_cast<std::int64_t>(list.size());
        if ((least && size < least->as_int64()) || (most && size > most->as_int64())) {
            return place + " has a wrong count";
        }
        auto const* items = rules.if_contains("items");
        for (std::size_t i = 0; items && i < list.size(); ++i) {
            auto wrong = check(list[i], *items, place + "/" + std::to_string(i));
            if (!wrong.empty()) {
                return wrong;
            }
        }
        return {};
    }

    std::string check_object(
        json::object const& object, json::object const& rules, std::string const& place
    ) const {
        if (auto const* required = rules.if_contains("required")) {
            for (auto const& key : required->as_array()) {
                if (!object.contains(key.as_string())) {
                    return place + " lacks " + key.as_string().c_str();
                }
            }
        }
        auto const* known = rules.if_contains("properties");
        auto const* further = rules.if_contains("additionalProperties");
        bool const is_open = further ? !further->is_bool() || further->get_bool()
                                     : strictness_ == Strictness::as_written || known == nullptr;
        for (auto const& [key, value] : object) {
            auto const* rule = known ? known->as_object().if_contains(key) : nullptr;
            if (rule == nullptr && further && further->is_object()) {
                rule = further;
            }
            auto const inside = place + "/" + std::string{key};
            if (rule == nullptr && !is_open) {
                return inside + " is not described";
            }
            auto wrong = rule ? check(value, *rule, inside) : std::string{};
            if (!wrong.empty()) {
                return wrong;
            }
        }
        return {};
    }

    json::value const& document_;
    Strictness strictness_;
};

} // namespace

json::value const& pointed_at(json::value const& document, std::string_view pointer) {
    boost::json::error_code error;
    auto const* found = document.find_pointer(pointer.substr(1), error);
    if (found == nullptr) {
        throw std::runtime_error{"the description has no " + std::string{pointer}};
    }
    return *found;
}

std::string violation(
    json::value const& value,
    json::value const& schema,
    json::value const& document,
    Strictness strictness
) {
    return Checker{document, strictness}.check(value, schema, "");
}

std::uint64_t Sampler::random() {
    state_ += 0x9E3779B97F4A7C15U;
    auto mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
}

std::size_t Sampler::below(std::size_t count) {
    return static_cast<std::size_t>(random() % count);
}

json::value Sampler::text_for(json::object const& schema) {
    auto const* least = schema.if_contains("minLength");
    auto const* most = schema.if_contains("maxLength");
    auto const* pattern = schema.if_contains("pattern");
    if (pattern) { // the few that requests have
        std::string_view const wanted = pattern->as_string();
        return wanted.find("A-Za-z]{2}") != wanted.npos ? "GBAYE0601498"
               : wanted.find("{4}-") != wanted.npos     ? "2026-11-26"
               : wanted.find("[0-9 -]") != wanted.npos  ? "036000291452"
                                                        : "plain_name.wav";
    }
    auto const low = least ? static_cast<std::size_t>(least->as_int64()) : 0;
    auto const high = most ? static_cast<std::size_t>(most->as_int64()) : 40;
    auto const size = below(3) == 0 ? low : below(3) == 0 ? high : low + below(high - low + 1);
    std::string text;
    while (text.size() < size) {
        text += static_cast<char>(' ' + below(95));
    }
    return json::value(text);
}

json::value Sampler::number_for(json::object const& schema, bool is_whole) {
    auto const bound = [&](char const* key, double otherwise) {
        auto const* found = schema.if_contains(key);
        return found ? found->to_number<double>() : otherwise;
    };
    auto const low = bound("minimum", -1000.0);
    auto const high = bound("maximum", 1000.0);
    auto const at = below(4) == 0   ? 0.0
                    : below(4) == 0 ? 1.0
                                    : static_cast<double>(random() >> 11U) * 0x1p-53;
    auto const number = low + at * (high - low);
    return is_whole ? json::value(static_cast<std::int64_t>(std::floor(number)))
                    : json::value(number);
}

json::value Sampler::object_for(json::object const& schema, int depth) {
    json::object object;
    auto const* required = schema.if_contains("required");
    auto const* properties = schema.if_contains("properties");
    if (properties == nullptr) {
        return object;
    }
    for (auto const& [key, rule] : properties->as_object()) {
        bool const is_wanted =
            required &&
            std::ranges::find(required->as_array(), json::value(key)) != required->as_array().end();
        if (is_wanted || (depth < 5 && below(3) == 0)) {
            object[key] = valid(rule, depth + 1);
        }
    }
    return object;
}

json::value Sampler::array_for(json::object const& schema, int depth) {
    auto const* least = schema.if_contains("minItems");
    auto const* most = schema.if_contains("maxItems");
    auto const low = least ? static_cast<std::size_t>(least->as_int64()) : 0;
    auto const high =
        std::min<std::size_t>(most ? static_cast<std::size_t>(most->as_int64()) : 3, low + 3);
    json::array list;
    auto const count = low + below(high - low + 1);
    while (list.size() < count) {
        list.push_back(valid(schema.at("items"), depth + 1));
    }
    return list;
}

json::value Sampler::valid(json::value const& schema, int depth) {
    auto const& rules = schema.as_object();
    if (auto const* reference = rules.if_contains("$ref")) {
        return valid(pointed_at(document_, reference->as_string()), depth);
    }
    if (auto const* choices = rules.if_contains("oneOf")) {
        auto const& list = choices->as_array();
        return valid(list[below(list.size())], depth);
    }
    if (auto const* words = rules.if_contains("enum")) {
        auto const& list = words->as_array();
        return list[below(list.size())];
    }
    auto const* types = rules.if_contains("type");
    if (types == nullptr) {
        return nullptr;
    }
    std::string const type = types->is_string() ? types->as_string().c_str()
                             : below(4) == 0    ? "null"
                                                : types->as_array().front().as_string().c_str();
    return type == "string"    ? text_for(rules)
           : type == "number"  ? number_for(rules, false)
           : type == "integer" ? number_for(rules, true)
           : type == "boolean" ? json::value(below(2) == 0)
           : type == "array"   ? array_for(rules, depth)
           : type == "object"  ? object_for(rules, depth)
                               : json::value(nullptr);
}

void Sampler::break_somewhere(json::value& value) {
    static json::array const kOdd{
        nullptr,
        true,
        -1,
        0,
        1e308,
        -1e-300,
        "",
        "\x7f",
        "\xf0\x9f\x8e\x9b",
        std::string(70'000, 'x'),
        std::int64_t{9'223'372'036'854'775'807},
        std::uint64_t{18'446'744'073'709'551'615U},
        json::array{},
        json::array{json::array{}},
        json::object{},
        json::object{{"a", nullptr}}};
    if (value.is_object() && !value.get_object().empty() && below(5) != 0) {
        auto& object = value.get_object();
        auto const at = object.begin() + static_cast<std::ptrdiff_t>(below(object.size()));
        if (below(6) == 0) {
            object.erase(at);
        } else if (below(6) == 0) {
            object["surprise"] = 1;
        } else {
            break_somewhere(at->value());
        }
    } else if (value.is_array() && !value.get_array().empty() && below(3) != 0) {
        break_somewhere(value.get_array()[below(value.get_array().size())]);
    } else {
        value = kOdd[below(kOdd.size())];
    }
}

json::value Sampler::broken(json::value const& schema) {
    auto value = valid(schema);
    break_somewhere(value);
    return value;
}

} // namespace stemlathe::test
