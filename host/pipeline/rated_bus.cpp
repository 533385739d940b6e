#include "host/pipeline/rated_bus.hpp"

#include "host/model/profile.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace stemlathe {

namespace {

/// How far peaks may move by resampling or by a chain, with the margin that the ceiling has.
constexpr double kLikeness_db = 1.0;

constexpr int kShortTermHops = 30; // of 100 ms; EBU Tech 3341 section 2.2

/// A gate would hide a NaN from the loudness, and the solver would chase it.
void require_finite(EnergyTrack const& track) {
    auto const is_bad = [](double value) {
        return !std::isfinite(value);
    };
    auto const bad = std::ranges::find_if(track.mean_square, is_bad);
    if (bad != track.mean_square.end()) {
        auto const hop = static_cast<double>(bad - track.mean_square.begin());
        throw Failure{
            Code::not_a_number,
            fmt::format(
                "the mix overflows near {:.1f} s (NaN or infinite); check the gains in the plan",
                hop * track.hop_ms / 1000.0
            )};
    }
}

} // namespace

BusMeters::BusMeters(int rate_hz, bool keep_screen, Backend& backend)
    : rate_hz_(rate_hz),
      weighted_(backend.make_energy_meter({.rate_hz = rate_hz})),
      peak_(backend.make_true_peak_meter({.rate_hz = rate_hz, .keep_screen = keep_screen})) {}

void BusMeters::weigh(AudioView view) {
    weighted_->process(view);
}

void BusMeters::screen(AudioView view) {
    peak_->process(view);
}

void BusMeters::process(AudioView view) {
    weigh(view);
    screen(view);
}

RatedBus BusMeters::finish(std::shared_ptr<AudioStore const> store) {
    auto peak = peak_->finish();
    RatedBus bus{.rate_hz = rate_hz_, .store = std::move(store), .energies = weighted_->finish()};
    require_finite(bus.energies);
    bus.integrated_lufs = integrated_lufs(bus.energies);
    bus.short_term_max_lufs = short_term_max_lufs(bus.energies);
    bus.peak_dbtp = db_from_gain(peak.peak);
    if (!peak.screen.empty()) {
        bus.screen = std::make_shared<std::vector<float> const>(std::move(peak.screen));
    }
    bus.is_measured = true;
    return bus;
}

bool will_limit(DeliveryPlan const& delivery, RatedBus const& like) {
    if (!delivery.limiter.is_set() || !delivery.true_peak_dbtp.is_set()) {
        return false;
    }
    double const drive_db = delivery.integrated_lufs.is_set()
                                ? delivery.integrated_lufs.value() - like.integrated_lufs
                                : 0.0;
    return like.peak_dbtp + drive_db > delivery.true_peak_dbtp.value() - kLikeness_db;
}

bool needs_screen(MasteringPlan const& plan, int rate_hz, RatedBus const* like) {
    return std::ranges::any_of(plan.delivery, [&](DeliveryPlan const& delivery) {
        return delivery.limiter.is_set() && delivery.sample_rate_hz == rate_hz &&
               !shapes_bus(delivery) && (like == nullptr || will_limit(delivery, *like));
    });
}

double short_term_max_lufs(EnergyTrack const& track) {
    auto const values = sliding_lufs(track, kShortTermHops);
    return values.empty() ? kSilence_db : std::ranges::max(values);
}

void play(AudioStore const& store, Chain& chain, Run& run, AudioSink const& sink) {
    AudioBuffer window;
    for (std::int64_t at = 0; at < store.frames(); at += run.segment_frames) {
        run.check_stop();
        sink(chain.process(store.read(at, run.segment_frames, window)));
    }
    chain.finish(sink);
}

void play_beside(
    AudioStore const& store,
    Chain& chain,
    AudioStore const& beside,
    Run& run,
    std::function<void(AudioView, AudioView)> const& sink
) {
    double const ratio = static_cast<double>(beside.frames()) /
                         static_cast<double>(std::max(store.frames(), std::int64_t{1}));
    AudioBuffer window;
    AudioBuffer window_beside;
    std::int64_t came_beside = 0;
    for (std::int64_t at = 0; at < store.frames(); at += run.segment_frames) {
        run.check_stop();
        auto const end = std::min(at + run.segment_frames, store.frames());
        auto const end_beside = end == store.frames()
                                    ? beside.frames()
                                    : std::llround(static_cast<double>(end) * ratio);
        auto const view = chain.process(store.read(at, end - at, window));
        sink(view, beside.read(came_beside, end_beside - came_beside, window_beside));
        came_beside = end_beside;
    }
    chain.finish([&](AudioView view) { sink(view, view.slice(view.frames, 0)); });
}

RatedBus resampled(
    AudioStore const& bus,
    ResampleSettings const& rates,
    bool keep_screen,
    Backend& backend,
    Run& run
) {
    Chain chain;
    chain.add(backend.make_resampler(rates));
    auto const store = make_store(resampled_frames(bus.frames(), rates), backend, run);
    BusMeters meters{rates.to_hz, keep_screen, backend};
    play(bus, chain, run, [&](AudioView view) {
        store->append(view);
        meters.process(view);
    });
    store->seal();
    return meters.finish(store);
}

RatedBus measured(
    std::shared_ptr<AudioStore const> bus, int rate_hz, bool keep_screen, Backend& backend, Run& run
) {
    Chain nothing;
    BusMeters meters{rate_hz, keep_screen, backend};
    play(*bus, nothing, run, [&](AudioView view) { meters.process(view); });
    return meters.finish(std::move(bus));
}

std::shared_ptr<AudioStore> make_store(std::int64_t frames, Backend& backend, Run const& run) {
    return backend.make_store(
        {.frames_expected = frames, .scratch_directory = run.scratch_directory}
    );
}

} // namespace stemlathe
