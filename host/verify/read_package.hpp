#pragma once

#include "host/qc/sheet.hpp"
#include "host/report/manifest.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// Figures by key: "integrated_lufs", of a channel "L true_peak_dbtp". What was null is not there.
using FigureMap = std::map<std::string, double, std::less<>>;

/// A file as a qc.json lists it.
struct ListedFile {
    std::string path{}; ///< relative to the package's folder
    std::int64_t bytes = 0;
    Checksums sums{};
    bool is_audio = false;
    bool is_lossy = false;
    int sample_rate_hz = 0;    ///< of audio
    std::int64_t frames = 0;   ///< of audio
    std::string fingerprint{}; ///< of audio; empty where it was not measured
    FigureMap figures{};       ///< the same
};

/// What a qc.json says: enough of it to hold the package against it.
struct PackageRecord {
    std::string package{};
    std::string profile{};
    bool within_spec = true;
    std::vector<QcCheck> checks{};
    std::vector<ListedFile> files{};
};

/// Reads a qc.json that anybody may have written.
/// @throws Failure{unreadable} that names the member and what is wrong with it
[[nodiscard]] PackageRecord parse_qc_json(std::string_view text);

/// Outputs that a manifest.json lists, the same way. @throws Failure{unreadable}
[[nodiscard]] std::vector<ManifestEntry> parse_manifest_outputs(std::string_view text);

} // namespace stemlathe
