#include "host/pipeline/render.hpp"

#include "host/pipeline/chain.hpp"
#include "host/plan/matching.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

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
            has_keys_ = has_keys_ || chains_.back().has_keys();
        }
        conformed_.resize(sources_.size());
        processed_.resize(sources_.size());
    }

    [[nodiscard]] bool is_done() const {
        return std::ranges::all_of(sources_, [](auto const& source) { return source->is_done(); });
    }

    /// The processed stems' next views. Meanwhile, on the same crew, `others` get `bus`.
    [[nodiscard]] std::span<AudioView const> advance(
        std::int64_t target,
        Tasks& crew,
        StemSink const& sink,
        std::span<AudioSink const> others,
        AudioView bus
    ) {
        auto const process = [&](std::size_t i) {
            processed_[i] = chains_[i].process(conformed_[i], conformed_);
            if (sink) {
                sink(i, processed_[i]);
            }
        };
        crew.for_each(others.size() + sources_.size(), [&](std::size_t part) {
            if (part < others.size()) {
                others[part](bus);
                return;
            }
            auto const i = part - others.size();
            conformed_[i] = sources_[i]->advance(target);
            if (!has_keys_) {
                process(i);
            }
        });
        if (has_keys_) { // a key must have arrived before those that listen to it
            crew.for_each(chains_.size(), process);
        }
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
    bool has_keys_ = false;
};

void feed(std::span<AudioSink const> sinks, AudioView view) {
    for (auto const& sink : sinks) {
        sink(view);
    }
}

} // namespace

std::shared_ptr<AudioStore> render_stems(
    Session const& session,
    Window const& window,
    MasteringPlan const& plan,
    Backend& backend,
    Run& run,
    StemSink const& stem_sink,
    AudioSink const& listener
) {
    auto& crew = run.stage_tasks(backend.info().stage_threads);
    StemRack rack{session, window, plan, backend};
    auto const mix = backend.make_mix({.inputs = static_cast<int>(rack.size())});
    auto bus_chain = make_bus_chain(plan.bus, session.rate_hz, backend);
    auto const store = make_store(window.frames, backend, run);
    std::vector<AudioSink> sinks;
    if (listener) {
        sinks.push_back(listener);
    }
    sinks.push_back([&](AudioView view) { store->append(view); });

    // A mix of one stem may be the stem's own view, which does not outlive its next piece.
    bool const overlaps = rack.size() > 1;
    std::span<AudioSink const> const beside =
        overlaps ? std::span<AudioSink const>{sinks} : std::span<AudioSink const>{};
    std::int64_t target = 0;
    AudioView bus{};
    while (!rack.is_done()) {
        target = std::min(target + run.segment_frames, window.frames);
        auto const stems = rack.advance(target, crew, stem_sink, beside, bus);
        bus = bus_chain.process(mix->process(stems));
        if (!overlaps) {
            feed(sinks, bus);
        }
        run.advance(target, window.frames);
    }
    if (overlaps) {
        feed(sinks, bus);
    }
    auto const to_bus = [&](AudioView view) {
        feed(sinks, bus_chain.process(view));
    };
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
    bus_chain.finish([&](AudioView view) { feed(sinks, view); });
    store->seal();
    return store;
}

} // namespace stemlathe
