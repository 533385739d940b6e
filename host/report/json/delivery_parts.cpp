#include "host/report/json/delivery_parts.hpp"

#include "host/report/json_text.hpp"

#include <boost/json/object.hpp>

namespace stemlathe {

namespace json = boost::json;

json::array failure_objects(std::vector<DeliveryFailure> const& failures) {
    json::array list;
    for (auto const& failure : failures) {
        list.push_back(json::object{
            {"code", failure.code},
            {"measured", rounded(failure.measured, 3)},
            {"limit", rounded(failure.limit, 3)},
            {"unit", failure.unit},
            {"message", failure.message}});
    }
    return list;
}

json::array cut_objects(std::vector<CutCheck> const& checks) {
    json::array list;
    for (auto const& check : checks) {
        list.push_back(json::object{
            {"code", check.code},
            {"passed", check.passed},
            {"measured", rounded(check.measured, 3)},
            {"limit", rounded(check.limit, 3)},
            {"unit", check.unit},
            {"at_s", rounded(check.at_s, 2)},
            {"message", check.message}});
    }
    return list;
}

} // namespace stemlathe
