#include "service/backup/manifest.hpp"

#include "host/report/json_text.hpp"
#include "kernels/base/failure.hpp"
#include "service/store/snapshot.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

constexpr std::string_view kSchema = "stemlathe.backup/1";

json::object file_json(BackupFile const& file) {
    return {{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}};
}

BackupFile file_in(json::value const& value) {
    return {
        .path = value.at("path").as_string().c_str(),
        .bytes = value.at("bytes").to_number<std::int64_t>(),
        .sha256 = value.at("sha256").as_string().c_str()};
}

BackupManifest manifest_in(json::value const& document) {
    if (document.at("schema").as_string() != kSchema) {
        throw std::invalid_argument{"it is of another schema"};
    }
    BackupManifest manifest{
        .made_ms = document.at("made_ms").to_number<std::int64_t>(),
        .version = document.at("stemlathe").as_string().c_str(),
        .store = document.at("store").as_string().c_str(),
        .schema = document.at("store_schema").to_number<std::int64_t>(),
        .database = file_in(document.at("database")),
        .blobs = document.at("blobs").at("count").to_number<std::int64_t>(),
        .blob_bytes = document.at("blobs").at("bytes").to_number<std::int64_t>(),
        .audit_head = document.at("audit_head").as_string().c_str()};
    if (auto const* const place = document.at("blobs").as_object().if_contains("place")) {
        manifest.blobs_place = place->as_string().c_str();
    }
    for (auto const& file : document.at("files").as_array()) {
        manifest.files.push_back(file_in(file));
    }
    for (auto const& digest : document.at("damaged").as_array()) {
        manifest.damaged.emplace_back(digest.as_string().c_str());
    }
    return manifest;
}

} // namespace

std::filesystem::path manifest_file(std::filesystem::path const& folder) {
    return folder / "backup.json";
}

void write_manifest(std::filesystem::path const& folder, BackupManifest const& manifest) {
    json::array files;
    for (auto const& file : manifest.files) {
        files.push_back(file_json(file));
    }
    json::object blobs{{"count", manifest.blobs}, {"bytes", manifest.blob_bytes}};
    if (!manifest.blobs_place.empty()) {
        blobs["place"] = manifest.blobs_place;
    }
    json::object const document{
        {"schema", kSchema},
        {"made_ms", manifest.made_ms},
        {"stemlathe", manifest.version},
        {"store", manifest.store},
        {"store_schema", manifest.schema},
        {"database", file_json(manifest.database)},
        {"files", std::move(files)},
        {"blobs", std::move(blobs)},
        {"damaged", json::array(manifest.damaged.begin(), manifest.damaged.end())},
        {"audit_head", manifest.audit_head}};
    auto const home = manifest_file(folder);
    auto const draft = std::filesystem::path{home.string() + ".draft"};
    std::ofstream out{draft, std::ios::binary | std::ios::trunc};
    out << json_text(document) << std::flush;
    out.close();
    if (!out) {
        throw Failure{
            Code::storage_full,
            fmt::format("{} could not be written; the backup before stays", draft.string())}
            .about_file(draft.string());
    }
    make_lasting(draft);
    std::filesystem::rename(draft, home);
    make_lasting(home);
}

std::optional<BackupManifest> read_manifest(std::filesystem::path const& folder) {
    std::ifstream in{manifest_file(folder), std::ios::binary};
    if (!in) {
        return std::nullopt;
    }
    std::string const text{std::istreambuf_iterator<char>{in}, {}};
    try {
        return manifest_in(json::parse(text));
    } catch (std::exception const& error) {
        throw Failure{
            Code::unreadable,
            fmt::format(
                "{} is not the manifest of a backup of stemlathe: {}",
                manifest_file(folder).string(),
                error.what()
            )}
            .about_file(manifest_file(folder).string());
    }
}

} // namespace stemlathe::service
