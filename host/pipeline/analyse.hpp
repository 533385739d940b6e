#pragma once

#include "host/masking/activity.hpp"
#include "host/masking/balance.hpp"
#include "host/masking/event.hpp"
#include "host/masking/listening.hpp"
#include "host/masking/margins_csv.hpp"
#include "host/masking/masking_reading.hpp"
#include "host/masking/pair_sums.hpp"
#include "host/model/plan.hpp"
#include "host/model/session.hpp"
#include "host/pipeline/source.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

/// What a pass of the analysis is to listen to, and for.
struct AnalysisSettings {
    Listening listening{};
    double calibration_db_spl = 95.0;        ///< see calibration_db_spl()
    bool with_events = true;                 ///< find events and draw maps
    std::span<MaskingEvent const> watched{}; ///< events of another pass, to be measured again
    MarginsCsv* csv = nullptr;               ///< is given csv_bands_hz()
    /// Gets every view of the analysis, in host memory.
    std::function<void(MaskingView const&)> listener{};
};

/// What one pass found.
struct MaskingAnalysis {
    PairSums sums;
    Balance balance{};
    std::vector<MaskingEvent> events{}; ///< the most important first
    std::vector<MaskingMap> maps{};
    double column_s = 0.0;
    std::vector<std::optional<double>> watched_db{}; ///< [watched]
};

/// [stems]
[[nodiscard]] std::vector<MaskingGoal> masking_goals(Session const& session);

/// Centres of the bands, Hz, and seconds between hops, of an analysis at a rate.
[[nodiscard]] std::vector<double> analysis_bands_hz(int rate_hz);
[[nodiscard]] double analysis_hop_s(int rate_hz);

/// Those bands and others half way between them.
[[nodiscard]] std::vector<double> csv_bands_hz(int rate_hz);

/// Pass 1: the stems as `plan` processes them, up to their sum, and who covers whom there. Memory
/// does not grow with the song, but for 100 bytes or so per second that the events take.
/// @param plan  resolved as far as stems go
/// @param activity  when the stems play
[[nodiscard]] MaskingAnalysis analyse(
    Session const& session,
    Window const& window,
    MasteringPlan const& plan,
    Activity const& activity,
    AnalysisSettings const& settings,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
