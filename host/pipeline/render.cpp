#include "host/pipeline/render.hpp"

#include "host/pipeline/chain.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

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
    AudioSink const& listener,
    VersionBuses* versions
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
    std::int64_t target = 0;
    AudioView bus{};
    std::vector<std::function<void()>> beside;
    for (auto const& sink : sinks) {
        if (overlaps) {
            beside.emplace_back([&] { sink(bus); });
        }
    }
    while (!rack.is_done()) {
        target = std::min(target + run.segment_frames, window.frames);
        auto const stems = rack.advance(target, crew, stem_sink, beside);
        crew.for_each(1 + (versions != nullptr ? versions->size() : 0), [&](std::size_t part) {
            if (part == 0) {
                bus = bus_chain.process(mix->process(stems));
            } else {
                versions->process(part - 1, stems);
            }
        });
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
            if (versions != nullptr) {
                versions->drain(i, view);
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
