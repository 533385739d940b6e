#pragma once

#include "host/model/plan.hpp"
#include "host/model/session.hpp"
#include "host/output/output_folder.hpp"
#include "host/report/manifest.hpp"
#include "host/report/report.hpp"
#include "host/tasks.hpp"

#include <functional>
#include <vector>

namespace stemlathe {

/// The files of the session that take part, for the manifest; their hashes are still missing.
[[nodiscard]] std::vector<ManifestEntry> inputs_of(Session const& session);

/// Work that fills in one hash each; `inputs` must outlive it.
[[nodiscard]] std::vector<std::function<void()>>
hash_errands(std::vector<ManifestEntry>& inputs, Session const& session);

/// Writes report.json, report.html, plan.toml and the packages' quality-control sheets beside the
/// masters and moves everything into OUT, manifest.json last.
void publish(
    OutputFolder& out,
    MasteringReport const& report,
    MasteringPlan const& plan,
    std::vector<ManifestEntry> inputs,
    std::vector<ManifestEntry> companions,
    Tasks& tasks
);

/// The same for a job without masters and without a plan of its own: report.json and report.html.
void publish_report(
    OutputFolder& out, MasteringReport const& report, std::vector<ManifestEntry> inputs
);

} // namespace stemlathe
