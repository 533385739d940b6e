#include "host/pipeline/chain.hpp"

#include "host/plan/matching.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stemlathe {

namespace {

std::vector<EqualiserBand> static_bands(std::vector<PlanBand> const& bands) {
    std::vector<EqualiserBand> out;
    for (auto const& band : bands) {
        if (!band.dynamic) {
            out.push_back(band.band);
        }
    }
    return out;
}

void add_equaliser(
    Chain& chain, std::vector<PlanBand> const& bands, int rate_hz, Backend& backend
) {
    if (auto fixed = static_bands(bands); !fixed.empty()) {
        chain.add(backend.make_equaliser({.rate_hz = rate_hz, .bands = std::move(fixed)}));
    }
}

void add_dynamic_bands(
    Chain& chain, std::vector<PlanBand> const& bands, Session const& session, Backend& backend
) {
    for (auto const& band : bands) {
        if (band.dynamic) {
            chain.add(
                backend.make_dynamic_band(
                    {.rate_hz = session.rate_hz,
                     .band = band.band,
                     .threshold_db = band.dynamic->threshold_db,
                     .attack_ms = band.dynamic->attack_ms,
                     .release_ms = band.dynamic->release_ms}
                ),
                stem_matching(session, band.dynamic->key)
            );
        }
    }
}

RegionSettings region_settings(RegionPlan const& region, int rate_hz) {
    return {
        .rate_hz = rate_hz,
        .start_frame = frames_from_seconds(region.start_s, rate_hz),
        .end_frame = frames_from_seconds(region.end_s, rate_hz),
        .fade_frames = frames_from_seconds(region.fade_s, rate_hz),
        .gain_db = region.gain_db,
        .bands = static_bands(region.eq)};
}

StereoMatrix first_matrix(StemPlan const& plan) {
    if (plan.mute) {
        return {.ll = 0.0F, .lr = 0.0F, .rl = 0.0F, .rr = 0.0F};
    }
    auto matrix = gain_matrix(plan.gain_db);
    if (plan.invert) {
        matrix.ll = -matrix.ll;
        matrix.rr = -matrix.rr;
    }
    return matrix;
}

void add_matrix(Chain& chain, StereoMatrix const& matrix, Backend& backend) {
    if (matrix != StereoMatrix{}) {
        chain.add(backend.make_placement(matrix));
    }
}

} // namespace

void Chain::add(std::unique_ptr<Stage> stage, std::optional<std::size_t> key) {
    links_.push_back({std::move(stage), key});
}

bool Chain::has_keys() const noexcept {
    return std::ranges::any_of(links_, [](Link const& link) { return link.key.has_value(); });
}

AudioView Chain::pass(std::size_t first, AudioView view, std::span<AudioView const> keys) {
    for (auto i = first; i < links_.size(); ++i) {
        auto& link = links_[i];
        if (!link.key) {
            view = link.stage->process(view);
            continue;
        }
        // While draining there is no more key: an empty view, which counts as silence at the end.
        auto const key = *link.key < keys.size() ? keys[*link.key] : view.slice(view.frames, 0);
        std::array const inputs{view, key};
        view = link.stage->process(inputs);
    }
    return view;
}

AudioView Chain::process(AudioView view, std::span<AudioView const> keys) {
    return pass(0, view, keys);
}

void Chain::finish(AudioSink const& sink) {
    for (std::size_t i = 0; i < links_.size(); ++i) {
        sink(pass(i + 1, links_[i].stage->finish(), {}));
    }
}

DynamicsSettings dynamics_settings(CompressorPlan const& plan, int rate_hz, double link) noexcept {
    return {
        .rate_hz = rate_hz,
        .threshold_db = plan.threshold_db,
        .ratio = plan.ratio,
        .knee_db = plan.knee_db,
        .attack_ms = plan.attack_ms,
        .release_ms = plan.release_ms,
        .makeup_db = plan.makeup_db,
        .detector = plan.detector,
        .link = link};
}

Chain make_stem_chain(
    StemPlan const& plan, Session const& session, std::int64_t from_frame, Backend& backend
) {
    Chain chain;
    add_matrix(chain, first_matrix(plan), backend);
    if (plan.eq.is_set()) {
        add_equaliser(chain, plan.eq.value(), session.rate_hz, backend);
        add_dynamic_bands(chain, plan.eq.value(), session, backend);
    }
    if (plan.dynamics.is_set()) {
        chain.add(
            backend.make_dynamics(dynamics_settings(plan.dynamics.value(), session.rate_hz, 1.0))
        );
    }
    for (auto const& region : plan.region) {
        add_region(chain, region_settings(region, session.rate_hz), from_frame, backend);
    }
    add_matrix(chain, width_and_pan_matrix(plan.width, plan.pan), backend);
    return chain;
}

void add_region(Chain& chain, RegionSettings region, std::int64_t from_frame, Backend& backend) {
    region.start_frame = std::max<std::int64_t>(region.start_frame - from_frame, 0);
    region.end_frame -= from_frame;
    if (region.end_frame > region.start_frame) {
        chain.add(backend.make_region(region));
    }
}

Chain make_bus_chain(BusPlan const& plan, int rate_hz, Backend& backend) {
    Chain chain;
    if (plan.eq.is_set()) {
        add_equaliser(chain, plan.eq.value(), rate_hz, backend);
    }
    return chain;
}

} // namespace stemlathe
