#include "host/pipeline/publish.hpp"

#include "formats/atomic_file.hpp"
#include "formats/checksum.hpp"
#include "host/plan/plan_toml.hpp"
#include "host/qc/packages.hpp"
#include "host/report/report_html.hpp"
#include "host/report/report_json.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

namespace stemlathe {

namespace {

constexpr char const* kSessionFile = "session.toml";
constexpr char const* kProfilesFile = "profiles.toml";

ManifestEntry written(OutputFolder& out, std::string const& path, std::string const& text) {
    write_text(out.stage(path), text);
    return {
        .path = path,
        .bytes = static_cast<std::int64_t>(text.size()),
        .sha256 = sha256_of_text(text)};
}

/// Adds the report's two files and makes all of it visible.
void publish_with_report(OutputFolder& out, MasteringReport const& report, Manifest manifest) {
    manifest.outputs.push_back(written(out, "report.json", report_json(report)));
    manifest.outputs.push_back(written(out, "report.html", report_html(report)));
    std::ranges::sort(manifest.outputs, {}, &ManifestEntry::path);
    out.publish(manifest_json(manifest));
}

} // namespace

std::vector<ManifestEntry> inputs_of(Session const& session) {
    std::vector<ManifestEntry> inputs;
    for (auto const& stem : session.stems) {
        inputs.push_back({.path = stem.file});
    }
    for (char const* const file : {kSessionFile, kProfilesFile}) {
        if (std::filesystem::exists(session.folder / file)) {
            inputs.push_back({.path = file});
        }
    }
    return inputs;
}

std::vector<std::function<void()>>
hash_errands(std::vector<ManifestEntry>& inputs, Session const& session) {
    std::vector<std::function<void()>> errands;
    for (auto& input : inputs) {
        errands.emplace_back([&input, file = session.folder / input.path] {
            input.bytes = static_cast<std::int64_t>(std::filesystem::file_size(file));
            input.sha256 = sha256_of_file(file);
        });
    }
    return errands;
}

void publish(
    OutputFolder& out,
    MasteringReport const& report,
    MasteringPlan const& plan,
    std::vector<ManifestEntry> inputs,
    std::vector<ManifestEntry> companions,
    Tasks& tasks
) {
    auto const plan_text = plan_toml(plan);
    auto const sheets = write_packages(out, report, companions, tasks);
    companions.insert(companions.end(), sheets.begin(), sheets.end());
    Manifest manifest{
        .engine = report.engine,
        .plan_sha256 = sha256_of_text(plan_text),
        .inputs = std::move(inputs),
        .outputs = std::move(companions)};
    for (auto const& delivery : report.deliveries) {
        for (auto const& file : delivery.files) {
            manifest.outputs.push_back(
                {.path = file.path, .bytes = file.bytes, .sha256 = file.sha256}
            );
        }
    }
    manifest.outputs.push_back(written(out, "plan.toml", plan_text));
    publish_with_report(out, report, std::move(manifest));
}

void publish_report(
    OutputFolder& out, MasteringReport const& report, std::vector<ManifestEntry> inputs
) {
    publish_with_report(
        out,
        report,
        {.engine = report.engine,
         .plan_sha256 = sha256_of_text(plan_toml(report.plan)),
         .inputs = std::move(inputs)}
    );
}

} // namespace stemlathe
