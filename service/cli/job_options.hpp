#pragma once

#include "host/pipeline/master.hpp"
#include "service/cli/common_options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stemlathe::service {

/// "exact", "trim"; nullopt for nothing. @throws Failure{invalid_argument} that names the nearest
[[nodiscard]] std::optional<VersionPeaks> version_peaks_named(std::string const& name);

/// What `analyze`, `plan` and `master` have in common: the session and how it is to be mastered.
struct JobOptions {
    CommonOptions common{};
    std::string session{};
    std::string out{};
    std::string plan{};
    std::vector<std::string> deliver{};
    std::vector<std::string> versions{};
    std::string version_peaks{};
    bool force = false;
    bool apply_comments = false;

    void declare(Arguments& arguments);
    /// All but the deliveries.
    void declare_analysis(Arguments& arguments);

    /// Loads the plan and looks up the profiles.
    /// @throws Failure{not_found, invalid_plan, invalid_argument}
    [[nodiscard]] MasterJob job() const;
};

} // namespace stemlathe::service
