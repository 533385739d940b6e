#pragma once

#include "host/tasks.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace stemlathe {

/// One way in which a delivery is not what was delivered.
struct Discrepancy {
    /// missing, extra, renamed, truncated, longer, changed, retagged, link, not_a_file, unreadable,
    /// figure, checksum_list, document, contradiction; outside_spec
    std::string code{};
    std::string path{};    ///< relative to the folder; empty where it is about all of it
    std::string message{}; ///< a sentence
    std::optional<double> measured = std::nullopt;
    std::optional<double> expected = std::nullopt;
    std::string unit{};
};

/// What became of a delivered folder.
struct Verification {
    std::filesystem::path folder{};
    bool is_intact = true;      ///< every file and figure is as delivered
    bool is_within_spec = true; ///< every measured figure lies within its package's limits
    std::int64_t packages = 0;
    std::int64_t files = 0;    ///< that were listed
    std::int64_t measured = 0; ///< audio files that were decoded and measured again
    std::vector<Discrepancy> discrepancies{};
    std::vector<std::string> notes{}; ///< what is as delivered, but worth a word
    std::string sentence{};           ///< all of it in one
};

/// Holds an OUT folder, or one package of it (masters/<name>/), against what stands in its
/// manifest.json, qc.json and .md5: every size and checksum, files that are missing and that nobody
/// listed, and each audio file measured again, against qc.json's figures and limits. Nothing is
/// written, no link is followed, audio is decoded as Reader does, and memory does not grow with the
/// files.
/// @throws Failure{not_found} no folder; {invalid_argument} nothing there says what was delivered;
/// {cancelled}; {storage_failed}
[[nodiscard]] Verification
verify_folder(std::filesystem::path const& folder, Tasks& tasks, std::stop_token const& stop = {});

} // namespace stemlathe
