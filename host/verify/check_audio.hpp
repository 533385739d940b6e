#pragma once

#include "host/loudness/meter.hpp"
#include "host/verify/read_package.hpp"
#include "host/verify/verify_folder.hpp"

#include <string>
#include <vector>

namespace stemlathe {

/// The figures of a reading as a qc.json would hold them.
[[nodiscard]] FigureMap figure_map(LoudnessReading const& reading);

/// Figures that a file measured again has and its qc.json does not, or the reverse; one each.
/// @param path  how messages call the file
[[nodiscard]] std::vector<Discrepancy> figure_discrepancies(
    std::string const& path, ListedFile const& listed, LoudnessReading const& reading
);

/// Limits of its package that the file breaks, and verdicts of qc.json that are not true.
[[nodiscard]] std::vector<Discrepancy> limit_discrepancies(
    std::string const& path,
    PackageRecord const& package,
    ListedFile const& listed,
    LoudnessReading const& reading
);

/// Where a package's limits are laxer than those of the profile it names; sentences.
[[nodiscard]] std::vector<std::string> laxer_limits(PackageRecord const& package);

} // namespace stemlathe
