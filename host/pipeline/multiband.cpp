#include "host/pipeline/chain.hpp"
#include "host/pipeline/rated_bus.hpp"
#include "host/pipeline/render.hpp"
#include "host/pipeline/version_buses.hpp"
#include "host/task_graph.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stemlathe {

namespace {

/// Below this crossover both channels follow the louder one entirely, above it by 80 %: a bass that
/// moves sideways is heard as a fault, while wide highs may breathe (masking-and-dynamics 5.7).
constexpr double kFullLinkBelow_hz = 200.0;
constexpr double kLinkAbove = 0.8;

DynamicsSettings band_settings(MultibandPlan const& plan, std::size_t band, int rate_hz) {
    bool const is_low =
        band < plan.crossovers_hz.size() && plan.crossovers_hz[band] <= kFullLinkBelow_hz;
    return dynamics_settings(plan.band[band], rate_hz, is_low ? 1.0 : kLinkAbove);
}

class Multiband {
  public:
    Multiband(MultibandPlan const& plan, int rate_hz, Backend& backend)
        : split_(backend.make_band_split({.rate_hz = rate_hz, .crossovers_hz = plan.crossovers_hz})
          ),
          mix_(backend.make_mix({.inputs = static_cast<int>(plan.band.size())})),
          processed_(plan.band.size()) {
        for (std::size_t band = 0; band < plan.band.size(); ++band) {
            dynamics_.push_back(backend.make_dynamics(band_settings(plan, band, rate_hz)));
        }
    }

    /// Takes the next piece. Meanwhile, on the same crew, `sinks` get the result of the one before.
    void process(AudioView view, Tasks& crew, std::span<AudioSink const> sinks) {
        std::span<AudioView const> bands;
        AudioView before{};
        TaskGraph step;
        auto const mixed = step.add([&] { before = mix_->process(processed_); }, {});
        // A band that is left alone is still a view of what the split holds.
        auto const split = step.add([&] { bands = split_->process(view); }, {mixed});
        for (std::size_t band = 0; band < dynamics_.size(); ++band) {
            step.add(
                [&, band] { processed_[band] = dynamics_[band]->process(bands[band]); }, {split}
            );
        }
        for (auto const& sink : sinks) {
            step.add([&] { sink(before); }, {mixed});
        }
        step.run(crew);
    }

    void finish(AudioSink const& sink) {
        sink(mix_->process(processed_));
        auto const bands = split_->finish();
        for (std::size_t band = 0; band < bands.size(); ++band) {
            processed_[band] = dynamics_[band]->process(bands[band]);
        }
        sink(mix_->process(processed_));
        for (std::size_t band = 0; band < dynamics_.size(); ++band) {
            std::ranges::fill(processed_, AudioView{});
            processed_[band] = dynamics_[band]->finish();
            sink(mix_->process(processed_));
        }
        sink(mix_->finish());
    }

    [[nodiscard]] std::vector<float> reduction_db(std::size_t band) const {
        return dynamics_[band]->gain_reduction_db();
    }

  private:
    std::unique_ptr<SplitStage> split_;
    std::vector<std::unique_ptr<Stage>> dynamics_;
    std::unique_ptr<Stage> mix_;
    std::vector<AudioView> processed_;
};

/// The same with the gains of another signal's bands.
class KeyedMultiband {
  public:
    KeyedMultiband(MultibandPlan const& plan, int rate_hz, Backend& backend)
        : mix_(backend.make_mix({.inputs = static_cast<int>(plan.band.size())})),
          processed_(plan.band.size()) {
        for (auto& split : splits_) {
            split =
                backend.make_band_split({.rate_hz = rate_hz, .crossovers_hz = plan.crossovers_hz});
        }
        for (std::size_t band = 0; band < plan.band.size(); ++band) {
            auto settings = band_settings(plan, band, rate_hz);
            settings.external_key = true;
            dynamics_.push_back(backend.make_dynamics(settings));
        }
    }

    [[nodiscard]] AudioView process(AudioView view, AudioView key, Tasks& crew) {
        std::array const inputs{view, key};
        return through_bands(crew, [&](std::size_t i) { return splits_[i]->process(inputs[i]); });
    }

    void finish(Tasks& crew, AudioSink const& sink) {
        sink(through_bands(crew, [&](std::size_t i) { return splits_[i]->finish(); }));
        for (std::size_t band = 0; band < dynamics_.size(); ++band) {
            std::ranges::fill(processed_, AudioView{});
            processed_[band] = dynamics_[band]->finish();
            sink(mix_->process(processed_));
        }
        sink(mix_->finish());
    }

  private:
    /// @param split  gives the next bands of the audio (0) and of the key (1)
    template <typename Split>
    AudioView through_bands(Tasks& crew, Split const& split) {
        std::array<std::span<AudioView const>, 2> bands;
        crew.for_each(bands.size(), [&](std::size_t i) { bands[i] = split(i); });
        crew.for_each(dynamics_.size(), [&](std::size_t band) {
            std::array const audio_and_key{bands[0][band], bands[1][band]};
            processed_[band] = dynamics_[band]->process(audio_and_key);
        });
        return mix_->process(processed_);
    }

    std::array<std::unique_ptr<SplitStage>, 2> splits_;
    std::vector<std::unique_ptr<Stage>> dynamics_;
    std::unique_ptr<Stage> mix_;
    std::vector<AudioView> processed_;
};

} // namespace

std::shared_ptr<AudioStore const> render_version_multiband(
    AudioStore const& bus,
    AudioStore const& version,
    MultibandPlan const& plan,
    int rate_hz,
    Backend& backend,
    Run& run
) {
    auto& crew = run.stage_tasks(backend.info().stage_threads);
    KeyedMultiband multiband{plan, rate_hz, backend};
    auto store = make_store(version.frames(), backend, run);
    Chain nothing;
    play_beside(version, nothing, bus, run, [&](AudioView view, AudioView key) {
        store->append(multiband.process(view, key, crew));
    });
    multiband.finish(crew, [&](AudioView view) { store->append(view); });
    store->seal();
    return store;
}

RatedBus render_multiband(
    AudioStore const& bus,
    MultibandPlan const& plan,
    int rate_hz,
    bool keep_screen,
    Backend& backend,
    Run& run,
    std::vector<BandReduction>& reductions
) {
    auto& crew = run.stage_tasks(backend.info().stage_threads);
    Multiband multiband{plan, rate_hz, backend};
    auto const store = make_store(bus.frames(), backend, run);
    BusMeters meters{rate_hz, keep_screen, backend};
    std::vector<AudioSink> const sinks{
        [&](AudioView view) { meters.screen(view); },
        [&](AudioView view) { meters.weigh(view); },
        [&](AudioView view) {
            store->append(view);
        }};
    auto const to_sinks = [&](AudioView view) {
        crew.for_each(sinks.size(), [&](std::size_t i) { sinks[i](view); });
    };
    Chain nothing;
    play(bus, nothing, run, [&](AudioView view) {
        multiband.process(view, crew, sinks);
        run.advance(view.position + view.frames, bus.frames());
    });
    multiband.finish(to_sinks);
    store->seal();
    reductions.clear();
    for (std::size_t band = 0; band < plan.band.size(); ++band) {
        bool const is_last = band == plan.crossovers_hz.size();
        reductions.push_back(
            {.low_hz = band == 0 ? 0.0 : plan.crossovers_hz[band - 1],
             .high_hz = is_last ? rate_hz / 2.0 : plan.crossovers_hz[band],
             .gain_reduction_db = multiband.reduction_db(band)}
        );
    }
    return meters.finish(store);
}

} // namespace stemlathe
