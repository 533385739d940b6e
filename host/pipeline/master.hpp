#pragma once

#include "host/model/plan.hpp"
#include "host/report/report.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"
#include "kernels/base/failure.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

/// What a job is asked to do.
struct MasterJob {
    std::filesystem::path session{};
    std::filesystem::path out{};
    MasteringPlan plan{};               ///< as the user wrote it; empty: everything automatic
    std::vector<std::string> deliver{}; ///< profile names; empty: the plan's deliveries, else the
                                        ///< default set
    VersionWish versions{};
    std::optional<PreviewRange> preview = std::nullopt;
    SessionInfo info{};          ///< what is not empty here wins over session.toml
    bool apply_comments = false; ///< do what is proposed for the client's comments
    bool force = false;          ///< leave out stems that intake refuses and render the rest
};

/// Intake refused the session; nothing was rendered. Exit code 3.
class IntakeRefused : public Failure {
  public:
    explicit IntakeRefused(std::vector<Finding> findings);

    [[nodiscard]] std::vector<Finding> const& findings() const noexcept {
        return findings_;
    }

  private:
    std::vector<Finding> findings_;
};

/// The main job, one straight line (architecture 2.5): scan, survey, resolve, render, deliver,
/// verify, publish. Everything that contract section 3 lists lies in job.out when it returns.
/// @throws IntakeRefused and every Failure of its steps; OUT is then as it was
[[nodiscard]] MasteringReport master(MasterJob const& job, Backend& backend, Run& run);

/// The plan that `master` would use, all automatic choices made concrete; job.out is not used.
[[nodiscard]] MasteringPlan resolve_plan(MasterJob const& job, Backend& backend, Run& run);

} // namespace stemlathe
