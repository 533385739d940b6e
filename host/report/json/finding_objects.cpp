#include "host/report/json/finding_objects.hpp"

#include "host/report/json_text.hpp"

#include <boost/json/object.hpp>

namespace stemlathe {

boost::json::array finding_objects(std::vector<Finding> const& findings) {
    boost::json::array list;
    for (auto const& finding : findings) {
        list.push_back(boost::json::object{
            {"code", finding.code},
            {"severity", name_of(finding.severity)},
            {"stem", text_or_null(finding.stem)},
            {"start_s", rounded(finding.start_s, 3)},
            {"end_s", rounded(finding.end_s, 3)},
            {"measured", rounded(finding.measured, 6)},
            {"limit", rounded(finding.limit, 6)},
            {"unit", text_or_null(finding.unit)},
            {"message", finding.message}});
    }
    return list;
}

} // namespace stemlathe
