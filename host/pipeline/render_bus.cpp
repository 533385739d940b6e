#include "host/pipeline/render_bus.hpp"

#include "host/model/profile.hpp"
#include "host/pipeline/band_levels.hpp"

#include <utility>

namespace stemlathe {

namespace {

std::vector<StemFiles> open_stem_files(
    MasteringPlan const& plan,
    Session const& session,
    Window const& window,
    OutputFolder& out,
    Backend& backend
) {
    std::vector<StemFiles> files;
    for (auto const& delivery : plan.delivery) {
        if (profile_of(delivery).is_stems) {
            files.emplace_back(delivery, session, window, out, backend);
        }
    }
    return files;
}

} // namespace

RenderedBus render_bus(
    MasteringPlan const& plan,
    Session const& session,
    Window const& window,
    OutputFolder* out,
    Backend& backend,
    Run& run
) {
    RenderedBus rendered{.plan = plan};
    if (out != nullptr) {
        rendered.stem_files = open_stem_files(plan, session, window, *out, backend);
    }
    StemSink stem_sink;
    if (!rendered.stem_files.empty()) {
        stem_sink = [&](std::size_t stem, AudioView view) {
            for (auto& files : rendered.stem_files) {
                files.write(stem, view);
            }
        };
    }
    std::unique_ptr<BandLevels> levels;
    AudioSink listener;
    if (plan.bus.multiband.is_auto()) {
        levels = std::make_unique<BandLevels>(session.rate_hz, backend);
        listener = [&](AudioView view) {
            levels->process(view);
        };
    }
    // Whoever only wants the plan has no use for versions.
    VersionBuses versions{out != nullptr ? plan : MasteringPlan{}, session, window, backend, run};
    rendered.bus =
        render_stems(session, window, plan, backend, run, stem_sink, listener, &versions);
    rendered.versions = versions.finish();
    for (auto& files : rendered.stem_files) {
        files.finish();
    }
    if (levels) {
        rendered.plan.bus.multiband = automatic_multiband(levels->finish());
    }
    return rendered;
}

RatedBus process_bus(
    std::shared_ptr<AudioStore const> const& bus,
    MasteringPlan const& plan,
    int rate_hz,
    Backend& backend,
    Run& run,
    std::vector<BandReduction>& reductions
) {
    if (!plan.bus.multiband.is_set()) {
        return {.rate_hz = rate_hz, .store = bus};
    }
    return render_multiband(
        *bus,
        plan.bus.multiband.value(),
        rate_hz,
        needs_screen(plan, rate_hz),
        backend,
        run,
        reductions
    );
}

std::shared_ptr<AudioStore const> process_version(
    AudioStore const& bus,
    std::shared_ptr<AudioStore const> const& version,
    MasteringPlan const& plan,
    int rate_hz,
    Backend& backend,
    Run& run
) {
    if (!plan.bus.multiband.is_set()) {
        return version;
    }
    return render_version_multiband(
        bus, *version, plan.bus.multiband.value(), rate_hz, backend, run
    );
}

} // namespace stemlathe
