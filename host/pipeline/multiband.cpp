#include "host/pipeline/chain.hpp"
#include "host/pipeline/rated_bus.hpp"
#include "host/pipeline/render.hpp"
#include "host/task_graph.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

/// Below this crossover both channels follow the louder one entirely, above it by 80 %: a bass that
/// moves sideways is heard as a fault, while wide highs may breathe (masking-and-dynamics 5.7).
constexpr double kFullLinkBelow_hz = 200.0;
constexpr double kLinkAbove = 0.8;

class Multiband {
  public:
    Multiband(MultibandPlan const& plan, int rate_hz, Backend& backend)
        : split_(backend.make_band_split({.rate_hz = rate_hz, .crossovers_hz = plan.crossovers_hz})
          ),
          mix_(backend.make_mix({.inputs = static_cast<int>(plan.band.size())})),
          processed_(plan.band.size()) {
        for (std::size_t band = 0; band < plan.band.size(); ++band) {
            bool const is_low =
                band < plan.crossovers_hz.size() && plan.crossovers_hz[band] <= kFullLinkBelow_hz;
            dynamics_.push_back(backend.make_dynamics(
                dynamics_settings(plan.band[band], rate_hz, is_low ? 1.0 : kLinkAbove)
            ));
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

} // namespace

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
