#include "host/pipeline/render.hpp"

#include "host/pipeline/chain.hpp"
#include "host/plan/matching.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

/// Below this crossover both channels follow the louder one entirely, above it by 80 %: a bass that
/// moves sideways is heard as a fault, while wide highs may breathe (masking-and-dynamics 5.7).
constexpr double kFullLinkBelow_hz = 200.0;
constexpr double kLinkAbove = 0.8;

std::unique_ptr<AudioStore> make_store(std::int64_t frames, Backend& backend, Run const& run) {
    return backend.make_store(
        {.frames_expected = frames, .scratch_directory = run.scratch_directory}
    );
}

/// The stems of one job, segment by segment.
class StemRack {
  public:
    StemRack(
        Session const& session, Window const& window, MasteringPlan const& plan, Backend& backend
    ) {
        for (auto const& stem : session.stems) {
            sources_.push_back(std::make_unique<StemSource>(stem, session, window, backend));
            chains_.push_back(
                make_stem_chain(plan_for_stem(plan, stem), session, window.from_frame, backend)
            );
        }
        conformed_.resize(sources_.size());
        processed_.resize(sources_.size());
    }

    [[nodiscard]] bool is_done() const {
        return std::ranges::all_of(sources_, [](auto const& source) { return source->is_done(); });
    }

    /// The processed stems' next views.
    [[nodiscard]] std::span<AudioView const>
    advance(std::int64_t target, Tasks& crew, StemSink const& sink) {
        crew.for_each(sources_.size(), [&](std::size_t i) {
            conformed_[i] = sources_[i]->advance(target);
        });
        crew.for_each(chains_.size(), [&](std::size_t i) {
            processed_[i] = chains_[i].process(conformed_[i], conformed_);
            if (sink) {
                sink(i, processed_[i]);
            }
        });
        return processed_;
    }

    void finish(std::size_t stem, AudioSink const& sink) {
        chains_[stem].finish(sink);
    }

    [[nodiscard]] std::size_t size() const noexcept {
        return chains_.size();
    }

  private:
    std::vector<std::unique_ptr<StemSource>> sources_;
    std::vector<Chain> chains_;
    std::vector<AudioView> conformed_;
    std::vector<AudioView> processed_;
};

} // namespace

void for_each_segment(
    AudioStore const& store,
    Backend& /*backend*/,
    Run& run,
    std::function<void(AudioView)> const& sink
) {
    AudioBuffer window;
    for (std::int64_t at = 0; at < store.frames(); at += run.segment_frames) {
        run.check_stop();
        sink(store.read(at, run.segment_frames, window));
    }
}

std::unique_ptr<AudioStore> render_stems(
    Session const& session,
    Window const& window,
    MasteringPlan const& plan,
    Backend& backend,
    Run& run,
    StemSink const& stem_sink
) {
    auto& crew = run.stage_tasks(backend.info().stage_threads);
    StemRack rack{session, window, plan, backend};
    auto const mix = backend.make_mix({.inputs = static_cast<int>(rack.size())});
    auto bus_chain = make_bus_chain(plan.bus, session.rate_hz, backend);
    auto store = make_store(window.frames, backend, run);
    auto const to_store = [&](AudioView view) {
        store->append(view);
    };
    auto const to_bus = [&](AudioView view) {
        to_store(bus_chain.process(view));
    };

    std::int64_t target = 0;
    while (!rack.is_done()) {
        target = std::min(target + run.segment_frames, window.frames);
        to_bus(mix->process(rack.advance(target, crew, stem_sink)));
        run.advance(target, window.frames);
    }
    std::vector<AudioView> inputs(rack.size());
    for (std::size_t i = 0; i < rack.size(); ++i) {
        rack.finish(i, [&](AudioView view) {
            if (stem_sink) {
                stem_sink(i, view);
            }
            std::ranges::fill(inputs, AudioView{});
            inputs[i] = view;
            to_bus(mix->process(inputs));
        });
    }
    to_bus(mix->finish());
    bus_chain.finish(to_store);
    store->seal();
    return store;
}

std::unique_ptr<AudioStore> render_multiband(
    AudioStore const& bus,
    MultibandPlan const& plan,
    int rate_hz,
    Backend& backend,
    Run& run,
    std::vector<BandReduction>& reductions
) {
    auto& crew = run.stage_tasks(backend.info().stage_threads);
    auto const split =
        backend.make_band_split({.rate_hz = rate_hz, .crossovers_hz = plan.crossovers_hz});
    auto const bands = plan.band.size();
    std::vector<std::unique_ptr<Stage>> dynamics;
    for (std::size_t band = 0; band < bands; ++band) {
        bool const is_low =
            band < plan.crossovers_hz.size() && plan.crossovers_hz[band] <= kFullLinkBelow_hz;
        dynamics.push_back(backend.make_dynamics(
            dynamics_settings(plan.band[band], rate_hz, is_low ? 1.0 : kLinkAbove)
        ));
    }
    auto const mix = backend.make_mix({.inputs = static_cast<int>(bands)});
    auto store = make_store(bus.frames(), backend, run);
    std::vector<AudioView> processed(bands);
    auto const through_dynamics = [&](std::span<AudioView const> split_bands) {
        crew.for_each(bands, [&](std::size_t band) {
            processed[band] = dynamics[band]->process(split_bands[band]);
        });
        store->append(mix->process(processed));
    };

    for_each_segment(bus, backend, run, [&](AudioView view) {
        through_dynamics(split->process(view));
        run.advance(view.position + view.frames, bus.frames());
    });
    through_dynamics(split->finish());
    for (std::size_t band = 0; band < bands; ++band) {
        std::ranges::fill(processed, AudioView{});
        processed[band] = dynamics[band]->finish();
        store->append(mix->process(processed));
        reductions.push_back(
            {.low_hz = band == 0 ? 0.0 : plan.crossovers_hz[band - 1],
             .high_hz = band + 1 < bands ? plan.crossovers_hz[band] : rate_hz / 2.0,
             .gain_reduction_db = dynamics[band]->gain_reduction_db()}
        );
    }
    store->append(mix->finish());
    store->seal();
    return store;
}

} // namespace stemlathe
