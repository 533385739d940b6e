#include "host/pipeline/version_buses.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

RegionSettings silence_of(VersionMute const& mute, int rate_hz) {
    return {
        .rate_hz = rate_hz,
        .start_frame = frames_from_seconds(mute.start_s, rate_hz),
        .end_frame = frames_from_seconds(mute.end_s, rate_hz),
        .fade_frames = frames_from_seconds(mute.fade_s, rate_hz),
        .gain_db = kSilence_db};
}

} // namespace

VersionBuses::VersionBuses(
    MasteringPlan const& plan,
    Session const& session,
    Window const& window,
    Backend& backend,
    Run const& run
) {
    for (auto const& version : plan.version) {
        Mix mix;
        for (std::size_t i = 0; i < session.stems.size(); ++i) {
            auto const& file = session.stems[i].file;
            if (std::ranges::find(version.stems, file) == version.stems.end()) {
                continue;
            }
            mix.parts.push_back({.stem = i});
            for (auto const& mute : version.mute) {
                if (mute.stem == file) {
                    add_region(
                        mix.parts.back().mutes,
                        silence_of(mute, session.rate_hz),
                        window.from_frame,
                        backend
                    );
                }
            }
        }
        mix.sum = backend.make_mix({.inputs = static_cast<int>(mix.parts.size())});
        mix.bus_chain = make_bus_chain(plan.bus, session.rate_hz, backend);
        mix.store = make_store(window.frames, backend, run);
        mix.inputs.resize(mix.parts.size());
        mixes_.push_back(std::move(mix));
    }
}

void VersionBuses::process(std::size_t version, std::span<AudioView const> stems) {
    auto& mix = mixes_[version];
    for (std::size_t i = 0; i < mix.parts.size(); ++i) {
        mix.inputs[i] = mix.parts[i].mutes.process(stems[mix.parts[i].stem]);
    }
    take(mix);
}

void VersionBuses::drain(std::size_t stem, AudioView view) {
    for (auto& mix : mixes_) {
        for (std::size_t i = 0; i < mix.parts.size(); ++i) {
            if (mix.parts[i].stem == stem) {
                take_only(mix, i, mix.parts[i].mutes.process(view));
            }
        }
    }
}

VersionStores VersionBuses::finish() {
    VersionStores stores;
    for (auto& mix : mixes_) {
        for (std::size_t i = 0; i < mix.parts.size(); ++i) {
            mix.parts[i].mutes.finish([&](AudioView view) { take_only(mix, i, view); });
        }
        mix.store->append(mix.bus_chain.process(mix.sum->finish()));
        mix.bus_chain.finish([&](AudioView view) { mix.store->append(view); });
        mix.store->seal();
        stores.push_back(mix.store);
    }
    return stores;
}

void VersionBuses::take(Mix& mix) {
    mix.store->append(mix.bus_chain.process(mix.sum->process(mix.inputs)));
}

void VersionBuses::take_only(Mix& mix, std::size_t part, AudioView view) {
    std::ranges::fill(mix.inputs, AudioView{});
    mix.inputs[part] = view;
    take(mix);
}

} // namespace stemlathe
