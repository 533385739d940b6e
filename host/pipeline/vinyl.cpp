#include "host/pipeline/vinyl.hpp"

#include "host/model/profile.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace stemlathe {

namespace {

constexpr double kCutterTop_hz = 17'000.0; // plants ask for 16 to 18 kHz
constexpr double kRumbleSlope_db_oct = 12.0;

constexpr double kSibilance_hz = 7'000.0;
constexpr double kSibilance_q = 0.8;
constexpr double kSibilanceCut_db = -5.0;
constexpr double kSibilanceAttack_ms = 2.0;
constexpr double kSibilanceRelease_ms = 60.0;

/// The recording characteristic lifts 7 kHz by 11 dB over 1 kHz (IEC 60098, 3180/318/75 us), so a
/// band there that comes within this of the whole song's loudness would cut deeper than the music.
constexpr double kSibilanceUnderLoudness_db = 12.0;

EqualiserBand pass(EqualiserType type, double hz, double slope_db_oct) {
    return {.type = type, .hz = hz, .slope_db_oct = slope_db_oct, .points = {}};
}

std::vector<EqualiserBand> mid_bands(DeliveryProfile const& profile, int rate_hz) {
    std::vector<EqualiserBand> bands;
    if (profile.low_end && profile.low_end->high_pass_hz > 0.0) {
        bands.push_back(
            pass(EqualiserType::high_pass, profile.low_end->high_pass_hz, kRumbleSlope_db_oct)
        );
    }
    if (profile.vinyl_chain && kCutterTop_hz < 0.45 * rate_hz) {
        bands.push_back(pass(EqualiserType::low_pass, kCutterTop_hz, 12.0));
    }
    return bands;
}

std::vector<EqualiserBand> side_bands(DeliveryProfile const& profile, int rate_hz) {
    auto bands = mid_bands(profile, rate_hz);
    if (profile.low_end && profile.low_end->side_high_pass_hz > 0.0) {
        bands.push_back(pass(
            EqualiserType::high_pass,
            profile.low_end->side_high_pass_hz,
            profile.low_end->side_slope_db_oct
        ));
    }
    return bands;
}

/// Mid and side as two stereo paths that sum to the song: (m, m) and (s, -s).
class LowEnd {
  public:
    LowEnd(DeliveryProfile const& profile, int rate_hz, Backend& backend)
        : sum_(backend.make_mix({.inputs = 2})) {
        mid_.add(backend.make_placement({.ll = 0.5F, .lr = 0.5F, .rl = 0.5F, .rr = 0.5F}));
        mid_.add(backend.make_equaliser({.rate_hz = rate_hz, .bands = mid_bands(profile, rate_hz)})
        );
        side_.add(backend.make_placement({.ll = 0.5F, .lr = -0.5F, .rl = -0.5F, .rr = 0.5F}));
        side_.add(backend.make_equaliser({.rate_hz = rate_hz, .bands = side_bands(profile, rate_hz)}
        ));
    }

    [[nodiscard]] AudioView process(AudioView view) {
        std::array const paths{mid_.process(view), side_.process(view)};
        return sum_->process(paths);
    }

    void finish(AudioSink const& sink) {
        mid_.finish([&](AudioView view) {
            std::array const paths{view, AudioView{}};
            sink(sum_->process(paths));
        });
        side_.finish([&](AudioView view) {
            std::array const paths{AudioView{}, view};
            sink(sum_->process(paths));
        });
        sink(sum_->finish());
    }

  private:
    Chain mid_;
    Chain side_;
    std::unique_ptr<Stage> sum_;
};

/// nullptr for a silent song and for rates that have no room for the band.
std::unique_ptr<Stage> sibilance_control(RatedBus const& bus, Backend& backend) {
    if (bus.integrated_lufs < -200.0 || kSibilance_hz > 0.4 * bus.rate_hz) {
        return nullptr;
    }
    double const threshold = bus.integrated_lufs - kSibilanceUnderLoudness_db;
    return backend.make_dynamic_band(
        {.rate_hz = bus.rate_hz,
         .band =
             {.type = EqualiserType::bell,
              .hz = kSibilance_hz,
              .gain_db = kSibilanceCut_db,
              .q = kSibilance_q,
              .points = {}},
         .threshold_db = std::clamp(std::round(threshold * 10.0) / 10.0, -80.0, 0.0),
         .attack_ms = kSibilanceAttack_ms,
         .release_ms = kSibilanceRelease_ms}
    );
}

} // namespace

RatedBus shaped_bus(RatedBus const& bus, DeliveryPlan const& plan, Backend& backend, Run& run) {
    auto const profile = profile_of(plan);
    auto const store = make_store(bus.store->frames(), backend, run);
    BusMeters meters{bus.rate_hz, will_limit(plan, bus), backend};
    LowEnd low_end{profile, bus.rate_hz, backend};
    auto const sibilance = profile.vinyl_chain ? sibilance_control(bus, backend) : nullptr;
    auto const to_store = [&](AudioView view) {
        store->append(view);
        meters.process(view);
    };
    auto const through_sibilance = [&](AudioView view) {
        if (!sibilance) {
            to_store(view);
            return;
        }
        std::array const audio_and_key{view, view};
        to_store(sibilance->process(audio_and_key));
    };
    Chain nothing;
    play(*bus.store, nothing, run, [&](AudioView view) {
        through_sibilance(low_end.process(view));
    });
    low_end.finish(through_sibilance);
    if (sibilance) {
        to_store(sibilance->finish());
    }
    store->seal();
    return meters.finish(store);
}

std::shared_ptr<AudioStore const> shaped_version(
    DeliveryPlan const& plan,
    RatedBus const& bus,
    AudioStore const& audio,
    Chain& to_rate,
    Backend& backend,
    Run& run
) {
    auto const profile = profile_of(plan);
    auto store = make_store(bus.store->frames(), backend, run);
    LowEnd low_end{profile, bus.rate_hz, backend};
    LowEnd low_end_of_bus{profile, bus.rate_hz, backend};
    auto const sibilance = profile.vinyl_chain ? sibilance_control(bus, backend) : nullptr;
    auto const take = [&](AudioView view, AudioView key) {
        if (sibilance) {
            std::array const audio_and_key{view, key};
            view = sibilance->process(audio_and_key);
        }
        store->append(view);
    };
    play_beside(audio, to_rate, *bus.store, run, [&](AudioView view, AudioView key) {
        take(low_end.process(view), low_end_of_bus.process(key));
    });
    low_end_of_bus.finish([&](AudioView key) { take(key.slice(key.frames, 0), key); });
    low_end.finish([&](AudioView view) { take(view, view.slice(view.frames, 0)); });
    if (sibilance) {
        store->append(sibilance->finish());
    }
    store->seal();
    return store;
}

} // namespace stemlathe
