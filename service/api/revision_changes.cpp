#include "service/api/revision_changes.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <set>

namespace stemlathe::service {

namespace {

constexpr std::size_t kEntriesMax = 200;

boost::json::value child(boost::json::value const& value, std::string const& key) {
    auto const* const object = value.if_object();
    auto const* const found = object != nullptr ? object->if_contains(key) : nullptr;
    return found != nullptr ? *found : boost::json::value{};
}

boost::json::value element(boost::json::value const& value, std::size_t index) {
    auto const* const list = value.if_array();
    return list != nullptr && index < list->size() ? (*list)[index] : boost::json::value{};
}

void compare(
    std::string const& pointer,
    boost::json::value const& before,
    boost::json::value const& after,
    boost::json::array& found
) {
    if (before == after || found.size() >= kEntriesMax) {
        return;
    }
    if (before.is_object() && after.is_object()) {
        std::set<std::string> keys;
        for (auto const& [key, value] : before.as_object()) {
            keys.emplace(key);
        }
        for (auto const& [key, value] : after.as_object()) {
            keys.emplace(key);
        }
        for (auto const& key : keys) {
            compare(pointer + "/" + key, child(before, key), child(after, key), found);
        }
    } else if (before.is_array() && after.is_array()) {
        auto const count = std::max(before.as_array().size(), after.as_array().size());
        for (std::size_t i = 0; i < count; ++i) {
            compare(
                pointer + "/" + std::to_string(i), element(before, i), element(after, i), found
            );
        }
    } else {
        found.push_back({{"pointer", pointer}, {"before", before}, {"after", after}});
    }
}

/// {"01_Drums.wav": "digest", ...}: stems by name, so that a replaced one shows as one change.
boost::json::object by_name(std::string const& stems) {
    boost::json::object names;
    auto const list = boost::json::parse(stems);
    for (auto const& stem : list.as_array()) {
        names[stem.at("filename").as_string()] = stem.at("digest");
    }
    return names;
}

} // namespace

boost::json::array differences(boost::json::value const& before, boost::json::value const& after) {
    boost::json::array found;
    compare("", before, after, found);
    return found;
}

boost::json::array revision_changes(
    std::string const& plan_before,
    std::string const& plan,
    std::string const& stems_before,
    std::string const& stems
) {
    boost::json::array found;
    compare("/plan", boost::json::parse(plan_before), boost::json::parse(plan), found);
    compare("/stems", by_name(stems_before), by_name(stems), found);
    return found;
}

} // namespace stemlathe::service
