#pragma once

#include "host/model/plan.hpp"
#include "host/pipeline/chain.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace stemlathe {

/// A song in a store with what the loudness solver must know of it. One per output rate, shared by
/// all deliveries at that rate; another for the vinyl chain's result.
struct RatedBus {
    int rate_hz = 0;
    std::shared_ptr<AudioStore const> store{};
    EnergyTrack energies{}; ///< K-weighted, 100 ms
    double integrated_lufs = 0.0;
    double short_term_max_lufs = 0.0;
    double peak_dbtp = 0.0;
    /// TruePeakReading::screen; a limiter works without one too, only longer.
    std::shared_ptr<std::vector<float> const> screen{};
    bool is_measured = false;
};

/// Measures a song while it passes.
class BusMeters {
  public:
    /// @param keep_screen  whether a limiter may ask for the screen
    BusMeters(int rate_hz, bool keep_screen, Backend& backend);

    void process(AudioView view);

    /// The two halves of `process`, which may run side by side.
    void weigh(AudioView view);
    void screen(AudioView view);

    [[nodiscard]] RatedBus finish(std::shared_ptr<AudioStore const> store);

  private:
    int rate_hz_;
    std::unique_ptr<EnergyMeter> weighted_;
    std::unique_ptr<TruePeakMeter> peak_;
};

/// True if a delivery will probably limit a song that is about as loud and has about the same peaks
/// as `like`. Only time depends on it: where it is wrong, the limiter looks for peaks everywhere.
[[nodiscard]] bool will_limit(DeliveryPlan const& delivery, RatedBus const& like);

/// True if a delivery of the plan at this rate may limit the bus itself.
/// @param like  as above; nullptr where nothing is known yet
[[nodiscard]] bool
needs_screen(MasteringPlan const& plan, int rate_hz, RatedBus const* like = nullptr);

/// Loudest three seconds, LUFS; kSilence_db for nothing.
[[nodiscard]] double short_term_max_lufs(EnergyTrack const& track);

/// Sends a whole store through `chain` in segments, to `sink`. @throws Failure{cancelled}
void play(AudioStore const& store, Chain& chain, Run& run, AudioSink const& sink);

/// The same; `sink` also gets the stretch of `beside`, which has its own rate, that goes with each
/// piece. They may be some frames apart, and lie together at the end.
void play_beside(
    AudioStore const& store,
    Chain& chain,
    AudioStore const& beside,
    Run& run,
    std::function<void(AudioView, AudioView)> const& sink
);

/// The bus at another rate, stored and measured.
[[nodiscard]] RatedBus resampled(
    AudioStore const& bus,
    ResampleSettings const& rates,
    bool keep_screen,
    Backend& backend,
    Run& run
);

/// The bus at its own rate, measured.
[[nodiscard]] RatedBus measured(
    std::shared_ptr<AudioStore const> bus, int rate_hz, bool keep_screen, Backend& backend, Run& run
);

/// Memory or scratch for a song of `frames`, as the run wants it.
[[nodiscard]] std::shared_ptr<AudioStore>
make_store(std::int64_t frames, Backend& backend, Run const& run);

} // namespace stemlathe
