#include "host/verify/read_package.hpp"

#include "host/verify/json_fields.hpp"
#include "kernels/base/failure.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace stemlathe {

namespace json = boost::json;

namespace {

constexpr std::size_t kSha256Digits = 64;
constexpr std::size_t kMd5Digits = 32;
constexpr std::size_t kFingerprintDigits = 16;
constexpr std::size_t kChannelsMax = 2;
constexpr std::int64_t kRateMax_hz = 10'000'000;

void require_schema(JsonFields const& fields, std::string_view schema) {
    if (fields.text("schema") != schema) {
        fields.refuse("schema", fmt::format("not {}", schema));
    }
}

/// A file that is listed twice could have two truths.
template <typename Entry>
void refuse_twins(std::vector<Entry> const& entries, std::string_view document) {
    std::set<std::string_view> seen;
    for (auto const& entry : entries) {
        if (!seen.insert(entry.path).second) {
            throw Failure{Code::unreadable, fmt::format("{} lists {} twice", document, entry.path)};
        }
    }
}

void add_numbers(FigureMap& figures, JsonFields const& fields, std::string const& prefix) {
    for (auto const& member : fields.members()) {
        if (member.value().is_number()) {
            std::string const key{member.key()};
            figures[prefix + key] = *fields.number(key);
        }
    }
}

void read_measured(ListedFile& file, JsonFields const& fields) {
    auto const measured = fields.object_or_null("measured");
    if (!measured) {
        return;
    }
    file.fingerprint = fields.digest("audio_fingerprint", kFingerprintDigits);
    add_numbers(file.figures, *measured, "");
    auto const channels = measured->objects("channels");
    if (channels.size() > kChannelsMax) {
        measured->refuse("channels", "more than two");
    }
    for (auto const& channel : channels) {
        add_numbers(file.figures, channel, channel.text("name") + " ");
    }
}

ListedFile listed(JsonFields const& fields) {
    return {
        .path = fields.path("path"),
        .bytes = fields.count("bytes"),
        .sums = {
            .sha256 = fields.digest("sha256", kSha256Digits),
            .md5 = fields.digest("md5", kMd5Digits)}};
}

QcCheck read_check(JsonFields const& fields) {
    return {
        .code = fields.text("code"),
        .path = fields.path("path"),
        .what = fields.text("what"),
        .unit = fields.text("unit"),
        .measured = fields.number("measured"),
        .min = fields.number("min"),
        .max = fields.number("max"),
        .pass = fields.flag("pass")};
}

} // namespace

PackageRecord parse_qc_json(std::string_view text) {
    auto const document = parse_foreign_json(text, "qc.json");
    JsonFields const fields{document, "qc.json:"};
    require_schema(fields, "stemlathe.qc/1");
    PackageRecord record{
        .package = fields.path("package"),
        .profile = fields.text("profile"),
        .within_spec = fields.flag("within_spec")};
    for (auto const& check : fields.objects("checks")) {
        record.checks.push_back(read_check(check));
    }
    for (auto const& entry : fields.objects("files")) {
        auto file = listed(entry);
        file.is_audio = true;
        file.is_lossy = !entry.number("bit_depth");
        file.frames = entry.count("frames");
        file.sample_rate_hz =
            static_cast<int>(std::min(entry.count("sample_rate_hz"), kRateMax_hz));
        read_measured(file, entry);
        record.files.push_back(std::move(file));
    }
    for (auto const& entry : fields.objects("companions")) {
        record.files.push_back(listed(entry));
    }
    refuse_twins(record.files, "qc.json");
    return record;
}

std::vector<ManifestEntry> parse_manifest_outputs(std::string_view text) {
    auto const document = parse_foreign_json(text, "manifest.json");
    JsonFields const fields{document, "manifest.json:"};
    require_schema(fields, "stemlathe.manifest/1");
    std::vector<ManifestEntry> outputs;
    for (auto const& entry : fields.objects("outputs")) {
        outputs.push_back(
            {.path = entry.path("path"),
             .bytes = entry.count("bytes"),
             .sha256 = entry.digest("sha256", kSha256Digits)}
        );
    }
    refuse_twins(outputs, "manifest.json");
    return outputs;
}

} // namespace stemlathe
