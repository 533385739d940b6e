#include "service/api/deliveries_wanted.hpp"

#include "host/plan/plan_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace stemlathe::service {

namespace {

constexpr std::size_t kDeliveriesMax = 32;
constexpr std::size_t kNameMax = 64;

} // namespace

std::string deliveries_wanted(DocumentReader& reader, ProfileCatalogue const& profiles) {
    auto const names = reader.texts("deliveries", kDeliveriesMax, kNameMax);
    boost::json::array wanted;
    for (auto const& name : names.value_or(std::vector<std::string>{})) {
        try {
            static_cast<void>(with_profiles({}, {name}, profiles)); // throws with the nearest name
            wanted.emplace_back(name);
        } catch (Failure const& failure) {
            reader.wrong("deliveries", failure.what());
        }
    }
    return boost::json::serialize(wanted);
}

std::string with_house_profiles(
    std::string const& plan, std::string const& deliveries, ProfileCatalogue const& profiles
) {
    std::vector<std::string> names;
    auto const listed = boost::json::parse(deliveries);
    for (auto const& name : listed.as_array()) {
        names.emplace_back(name.as_string());
    }
    auto const written = plan == "null" ? MasteringPlan{} : parse_plan_json(plan, "plan");
    auto const expanded = with_profiles(written, names, profiles);
    return expanded.delivery == written.delivery ? plan : plan_json(expanded);
}

} // namespace stemlathe::service
