#pragma once

#include "host/model/session.hpp"

#include <filesystem>

namespace stemlathe {

/// Limits of a session; a longer or larger one is refused in a sentence.
inline constexpr std::size_t kStemsMax = 64;
inline constexpr double kSession_s_max = 6.0 * 3600.0;

/// Reads a session folder: session.toml, stems and their headers, the reference mix, references.
/// Stems that cannot be used are left out and stand in the findings as `refuse`; a session whose
/// verdict is `refuse` must not be rendered unless somebody forces it.
/// @throws Failure{not_found} no such folder; {invalid_session} session.toml is wrong or a limit is
/// exceeded
[[nodiscard]] Session scan_session(std::filesystem::path const& folder);

/// "refuse" if any finding is, else "warn", else "accept".
[[nodiscard]] std::string verdict_of(std::vector<Finding> const& findings);

/// What the session's audio takes part in: rate, common length, and the findings about differences
/// between stems (sample_rate_mismatch, length_mismatch). Called again when a stem drops out.
void conform(Session& session);

} // namespace stemlathe
