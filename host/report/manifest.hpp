#pragma once

#include "host/report/report.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stemlathe {

/// One file that went in or came out.
struct ManifestEntry {
    std::string path{}; ///< relative to the session folder (inputs) or to OUT (outputs)
    std::int64_t bytes = 0;
    std::string sha256{};
};

struct Manifest {
    EngineReading engine{};
    std::string plan_sha256{};
    std::vector<ManifestEntry> inputs{};
    std::vector<ManifestEntry> outputs{};
};

/// manifest.json, schema stemlathe.manifest/1.
[[nodiscard]] std::string manifest_json(Manifest const& manifest);

/// Paths of the outputs that a manifest lists; empty if it cannot be read as one.
[[nodiscard]] std::vector<std::string> outputs_of_manifest(std::string const& json);

} // namespace stemlathe
