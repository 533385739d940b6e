#include "host/plan/plan_json.hpp"

#include "host/plan/plan_toml.hpp"
#include "host/report/json_text.hpp"
#include "host/toml/table_reader.hpp"

#include <boost/json/parse.hpp>

#include <sstream>

namespace stemlathe {

std::string plan_json(MasteringPlan const& plan) {
    // One document, two encodings: what TOML says is what JSON says.
    auto const table = parse_toml(plan_toml(plan), "plan", Code::internal);
    std::ostringstream text;
    text << toml::json_formatter{table};
    return json_text(boost::json::parse(text.str()));
}

} // namespace stemlathe
