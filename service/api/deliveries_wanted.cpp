#include "service/api/deliveries_wanted.hpp"

#include "host/model/profile.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace stemlathe::service {

namespace {

constexpr std::size_t kDeliveriesMax = 32;
constexpr std::size_t kNameMax = 64;

} // namespace

std::string deliveries_wanted(DocumentReader& reader) {
    auto const names = reader.texts("deliveries", kDeliveriesMax, kNameMax);
    boost::json::array wanted;
    for (auto const& name : names.value_or(std::vector<std::string>{})) {
        try {
            wanted.emplace_back(profile_named(name).name);
        } catch (Failure const& failure) {
            reader.wrong("deliveries", failure.what());
        }
    }
    return boost::json::serialize(wanted);
}

} // namespace stemlathe::service
