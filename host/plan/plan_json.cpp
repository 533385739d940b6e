#include "host/plan/plan_json.hpp"

#include "host/plan/plan_in.hpp"
#include "host/plan/plan_toml.hpp"
#include "host/report/json_text.hpp"
#include "host/toml/table_reader.hpp"

#include <boost/json/parse.hpp>

#include <sstream>

namespace stemlathe {

namespace {

toml::array as_array(boost::json::array const& list);

toml::table as_table(boost::json::object const& object);

/// Hands the value, as TOML has it, to `put`. TOML has no null: that is left out.
template <typename Put>
void convert(boost::json::value const& value, Put const& put) {
    switch (value.kind()) {
    case boost::json::kind::null:
        break;
    case boost::json::kind::bool_:
        put(value.get_bool());
        break;
    case boost::json::kind::int64:
        put(value.get_int64());
        break;
    case boost::json::kind::uint64: // beyond 2^63, where no key has its range
        put(static_cast<double>(value.get_uint64()));
        break;
    case boost::json::kind::double_:
        put(value.get_double());
        break;
    case boost::json::kind::string:
        put(std::string{value.get_string().data(), value.get_string().size()});
        break;
    case boost::json::kind::array:
        put(as_array(value.get_array()));
        break;
    case boost::json::kind::object:
        put(as_table(value.get_object()));
        break;
    }
}

toml::array as_array(boost::json::array const& list) {
    toml::array array;
    for (auto const& item : list) {
        convert(item, [&](auto&& value) { array.push_back(std::forward<decltype(value)>(value)); });
    }
    return array;
}

toml::table as_table(boost::json::object const& object) {
    toml::table table;
    for (auto const& [key, item] : object) {
        convert(item, [&, name = std::string{key.data(), key.size()}](auto&& value) {
            table.insert_or_assign(name, std::forward<decltype(value)>(value));
        });
    }
    return table;
}

} // namespace

std::string plan_json(MasteringPlan const& plan) {
    // One document, two encodings: what TOML says is what JSON says.
    auto const table = parse_toml(plan_toml(plan), "plan", Code::internal);
    std::ostringstream text;
    text << toml::json_formatter{table};
    return json_text(boost::json::parse(text.str()));
}

MasteringPlan parse_plan_json(std::string_view text, std::string const& what) {
    boost::json::error_code error;
    auto const document = boost::json::parse(text, error);
    if (error || !document.is_object()) {
        throw Failure{Code::invalid_plan, what + " must be a JSON object"};
    }
    return plan_in(as_table(document.get_object()), what);
}

} // namespace stemlathe
