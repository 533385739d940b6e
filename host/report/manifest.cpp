#include "host/report/manifest.hpp"

#include "host/report/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace stemlathe {

namespace json = boost::json;

namespace {

constexpr char const* kSchema = "stemlathe.manifest/1";

json::array entry_objects(std::vector<ManifestEntry> const& entries) {
    json::array list;
    for (auto const& entry : entries) {
        list.push_back({{"path", entry.path}, {"bytes", entry.bytes}, {"sha256", entry.sha256}});
    }
    return list;
}

} // namespace

std::string manifest_json(Manifest const& manifest) {
    json::object const document{
        {"schema", kSchema},
        {"engine",
         {{"version", manifest.engine.version},
          {"commit", manifest.engine.commit},
          {"generation", manifest.engine.generation},
          {"backend", manifest.engine.backend},
          {"device", manifest.engine.device}}},
        {"plan_sha256", manifest.plan_sha256},
        {"inputs", entry_objects(manifest.inputs)},
        {"outputs", entry_objects(manifest.outputs)}};
    return json_text(document);
}

std::vector<std::string> outputs_of_manifest(std::string const& text) {
    json::error_code error;
    auto const document = json::parse(text, error);
    auto const* object = error ? nullptr : document.if_object();
    auto const* schema = object != nullptr ? object->if_contains("schema") : nullptr;
    auto const* outputs = object != nullptr ? object->if_contains("outputs") : nullptr;
    if (schema == nullptr || *schema != kSchema || outputs == nullptr || !outputs->is_array()) {
        return {};
    }
    std::vector<std::string> paths;
    for (auto const& output : outputs->get_array()) {
        auto const* entry = output.if_object();
        auto const* path = entry != nullptr ? entry->if_contains("path") : nullptr;
        if (path != nullptr && path->is_string()) {
            paths.emplace_back(path->get_string().c_str());
        }
    }
    return paths;
}

} // namespace stemlathe
