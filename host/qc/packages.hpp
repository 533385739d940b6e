#pragma once

#include "host/output/output_folder.hpp"
#include "host/qc/sheet.hpp"
#include "host/report/manifest.hpp"
#include "host/report/report.hpp"
#include "host/tasks.hpp"

#include <span>
#include <string>
#include <vector>

namespace stemlathe {

/// Tells in every delivery's notes that there will be no qc.pdf, where there are no fonts for it.
void note_missing_fonts(MasteringReport& report);

/// Stages the quality-control sheet and the checksums of every delivery beside its files
/// (`masters/<name>/qc.json`, `qc.pdf` and `<name>.md5`), and `qc.pdf`, the sheets of all of them.
/// Where there are no fonts for PDFs they are left out (fonts.hpp).
/// @param companions  the other staged files below masters/ (CUE and side sheets)
/// @returns what was written
[[nodiscard]] std::vector<ManifestEntry> write_packages(
    OutputFolder& out,
    MasteringReport const& report,
    std::vector<ManifestEntry> const& companions,
    Tasks& tasks
);

/// The same for sheets that are complete, each of a package `masters/<package>`.
[[nodiscard]] std::vector<ManifestEntry>
write_sheets(OutputFolder& out, std::span<QcSheet const> sheets, Tasks& tasks);

/// What a sheet says of a staged file that is no audio.
/// @param path  relative to OUT; `folder`, the package's, holds it
[[nodiscard]] QcCompanion
companion_of(OutputFolder& out, std::string const& path, std::string const& folder);

} // namespace stemlathe
