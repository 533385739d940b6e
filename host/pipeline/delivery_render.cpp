#include "host/pipeline/delivery_render.hpp"

#include "host/pipeline/drive.hpp"
#include "host/pipeline/drive_notes.hpp"
#include "host/pipeline/levels.hpp"
#include "host/pipeline/vinyl.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace stemlathe {

namespace {

/// Meters of other makes read up to 0.1 dB more than the truth (libebur128: +0.09), so the ceiling
/// lies that far under the limit that is promised.
constexpr double kCeilingMargin_db = 0.1;

/// The limited signal is measured before dither; this much is left for dither and rounding.
constexpr double kPeakMargin_db = 0.02;

constexpr double kTrimMost_db = 0.25;

/// The second meter samples the short-term loudness ten times as often as the solver.
constexpr double kShortTermMargin_lu = 0.1;

constexpr int kAttemptsMax = 5;
constexpr double kBudgetPercentile = 0.95;

/// What one walk through gain and limiter gave.
struct Walk {
    bool limited = false;
    double peak_dbtp = kSilence_db;
    std::vector<float> reduction_db{};
    std::int64_t clipped_samples = 0;
};

class DeliveryRender {
  public:
    DeliveryRender(
        DeliveryPlan const& plan,
        RatedBus const& bus,
        Correction const& correction,
        Backend& backend,
        Run& run
    )
        : plan_(plan), bus_(bus), louder_lu_(correction.louder_lu), backend_(backend), run_(run) {
        if (plan.true_peak_dbtp.is_set()) {
            ceiling_dbtp_ = plan.true_peak_dbtp.value() - kCeilingMargin_db - correction.lower_db;
        }
    }

    [[nodiscard]] Drive solve(DeliveryProfile const& profile) {
        DriveWish wish{
            .hard_min_lufs = profile.hard_min_lufs,
            .hard_max_lufs = profile.hard_max_lufs,
            .budget_db = *plan_.gr_budget_db};
        if (plan_.integrated_lufs.is_set()) {
            wish.target_lufs = plan_.integrated_lufs.value() + louder_lu_;
        }
        double const duration_s = static_cast<double>(bus_.store->frames()) / bus_.rate_hz;
        if (profile.short_form_max_lufs && duration_s < kShortForm_s) {
            wish.short_term_max_lufs = *profile.short_form_max_lufs - kShortTermMargin_lu;
        }
        if (ceiling_dbtp_ && !plan_.limiter.is_set()) {
            wish.drive_max_db = *ceiling_dbtp_ - bus_.peak_dbtp;
        }
        return solve_drive(wish, bus_.integrated_lufs, [&](double drive_db) {
            return measure(drive_db);
        });
    }

    [[nodiscard]] Walk
    encode(double drive_db, std::filesystem::path const& file, EncodeSettings const& settings) {
        Walk walk{.limited = limits(drive_db)};
        Chain chain;
        auto* const limiter = add_level(chain, drive_db);
        auto const peak = backend_.make_true_peak_meter({.rate_hz = bus_.rate_hz});
        auto const quantiser = backend_.make_quantiser(quantise_settings(plan_));
        Writer writer{file, settings};
        play(*bus_.store, chain, run_, [&](AudioView view) {
            if (walk.limited) {
                peak->process(view);
            }
            writer.write(quantiser->process(view));
        });
        pad_with_silence(writer, settings, bus_.store->frames());
        writer.finish();
        walk.peak_dbtp =
            walk.limited ? db_from_gain(peak->finish().peak) : bus_.peak_dbtp + drive_db;
        if (limiter != nullptr) {
            walk.reduction_db = limiter->gain_reduction_db();
        }
        walk.clipped_samples = quantiser->clipped_samples();
        return walk;
    }

    /// Lowers the level a little because the walk's result lies `excess_db` too high.
    void make_room(double excess_db) {
        if (trim_db_ - excess_db >= -kTrimMost_db) {
            trim_db_ -= excess_db;
        } else {
            *ceiling_dbtp_ -= excess_db;
        }
    }

    /// How far the walk's peaks lie over what dither may then add to; 0 or less is good.
    [[nodiscard]] double excess_db(Walk const& walk) const {
        return walk.limited ? walk.peak_dbtp - (*ceiling_dbtp_ + kCeilingMargin_db - kPeakMargin_db)
                            : 0.0;
    }

    [[nodiscard]] double trim_db() const noexcept {
        return trim_db_;
    }

    [[nodiscard]] DeliveryGains gains(double drive_db) const {
        DeliveryGains gains{.drive_db = drive_db, .bus = bus_};
        if (limits(drive_db)) {
            gains.limiter = limiter_settings(drive_db);
        }
        return gains;
    }

  private:
    [[nodiscard]] bool limits(double drive_db) const {
        return ceiling_dbtp_ && plan_.limiter.is_set() &&
               bus_.peak_dbtp + drive_db > *ceiling_dbtp_;
    }

    [[nodiscard]] LimiterSettings limiter_settings(double drive_db) const {
        auto const& limiter = plan_.limiter.value();
        return {
            .rate_hz = bus_.rate_hz,
            .drive_db = drive_db,
            .ceiling_dbtp = *ceiling_dbtp_,
            .trim_db = trim_db_,
            .lookahead_ms = limiter.lookahead_ms,
            .fast_release_ms = limiter.fast_release_ms,
            .slow_release_ms = limiter.slow_release_ms,
            .screen = bus_.screen};
    }

    /// @returns the limiter, or nullptr where a plain gain does
    Stage* add_level(Chain& chain, double drive_db) {
        if (!limits(drive_db)) {
            if (auto const matrix = gain_matrix(drive_db); matrix != StereoMatrix{}) {
                chain.add(backend_.make_placement(matrix));
            }
            return nullptr;
        }
        auto stage = backend_.make_limiter(limiter_settings(drive_db));
        auto* const raw = stage.get();
        chain.add(std::move(stage));
        return raw;
    }

    /// Where nothing limits, the result is the bus's own energies, scaled; else it is rendered.
    [[nodiscard]] DriveReading measure(double drive_db) {
        if (!limits(drive_db)) {
            return {
                .integrated_lufs = integrated_lufs(bus_.energies, drive_db),
                .short_term_max_lufs = bus_.short_term_max_lufs + drive_db};
        }
        Chain chain;
        auto* const limiter = add_level(chain, drive_db);
        auto const meter = backend_.make_energy_meter({.rate_hz = bus_.rate_hz});
        play(*bus_.store, chain, run_, [&](AudioView view) { meter->process(view); });
        auto const track = meter->finish();
        auto const reduction = limiter->gain_reduction_db();
        return {
            .integrated_lufs = integrated_lufs(track),
            .short_term_max_lufs = short_term_max_lufs(track),
            .reduction_p95_db =
                percentile({reduction.begin(), reduction.end()}, kBudgetPercentile)};
    }

    DeliveryPlan const& plan_;
    RatedBus const& bus_;
    double louder_lu_;
    Backend& backend_;
    Run& run_;
    std::optional<double> ceiling_dbtp_;
    double trim_db_ = 0.0;
};

void report_reduction(Walk walk, DeliveryReport& report) {
    auto& trace = report.gain_reduction_db;
    trace = std::move(walk.reduction_db);
    report.gain_reduction_max_db =
        trace.empty() ? 0.0 : static_cast<double>(std::ranges::max(trace));
    report.gain_reduction_mean_db =
        trace.empty()
            ? 0.0
            : std::accumulate(trace.begin(), trace.end(), 0.0) / static_cast<double>(trace.size());
    report.gain_reduction_p95_db = percentile({trace.begin(), trace.end()}, kBudgetPercentile);
}

void report_clipping(Walk const& walk, DeliveryReport& report) {
    if (walk.clipped_samples == 0) {
        return;
    }
    report.failures.push_back(
        {.code = "clipped_samples",
         .measured = static_cast<double>(walk.clipped_samples),
         .limit = 0.0,
         .unit = "samples",
         .message = fmt::format(
             "{} samples lay beyond full scale and were clipped, because true_peak_dbtp is off; "
             "set "
             "it or lower the level",
             walk.clipped_samples
         )}
    );
}

} // namespace

RenderedDelivery render_delivery(
    DeliveryPlan const& plan,
    RatedBus const& bus,
    Session const& session,
    Window const& window,
    std::filesystem::path const& file,
    Correction const& correction,
    Backend& backend,
    Run& run
) {
    auto const profile = profile_of(plan);
    std::optional<RatedBus> cut;
    if (shapes_bus(plan)) {
        cut = shaped_bus(bus, plan, backend, run);
    }
    auto const frames = padded_frames(plan, bus.store->frames());
    auto const settings = encode_settings(plan, session, window, frames);
    DeliveryRender render{plan, cut ? *cut : bus, correction, backend, run};
    RenderedDelivery rendered{.report = {.plan = plan}};
    auto& report = rendered.report;
    if (plan.integrated_lufs.is_set()) {
        report.target_lufs = plan.integrated_lufs.value();
    }
    if (plan.true_peak_dbtp.is_set()) {
        report.true_peak_limit_dbtp = plan.true_peak_dbtp.value();
    }
    auto drive = render.solve(profile);
    auto walk = render.encode(drive.drive_db, file, settings);
    for (int attempt = 1; attempt < kAttemptsMax && render.excess_db(walk) > 0.0; ++attempt) {
        render.make_room(render.excess_db(walk));
        drive = render.solve(profile);
        walk = render.encode(drive.drive_db, file, settings);
    }
    report.drive_db = drive.drive_db;
    report.trim_db = render.trim_db();
    explain_drive(drive, profile, report);
    report_clipping(walk, report);
    report_reduction(std::move(walk), report);
    rendered.gains = render.gains(drive.drive_db);
    return rendered;
}

} // namespace stemlathe
