#include "kernels/equaliser/key_follower_cpu.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe::cpu {

using dynamic_band::FilterState;

void KeyFollower::follow(float const* key, float* weights) {
    auto& rows = *rows_;
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
        for (std::size_t n = 0; n < kChunkFrames; ++n) {
            weights[n] = key[kChannels * n + channel];
        }
        to_rows(weights, rows[channel]);
        measure(rows[channel], filter_[channel]);
    }
    smooth<kChannels>(plan_.rms, rows.data(), power_.data());
    float* const values = rows[0].values();
    for (std::size_t i = 0; i < kChunkFrames; ++i) { // the louder channel counts
        float const power = std::max(values[i], rows[1].values()[i]);
        values[i] = dynamic_band::aim(power, plan_.fade_start_db);
    }
    decouple<1>(
        plan_.release,
        plan_.attack,
        rows.data(),
        &released_,
        &weight_,
        [](WideDouble, WideDouble smoothed) { return smoothed; }
    );
    from_rows(rows[0], weights);
    for (auto& power : power_) {
        power = at_chunk_boundary(power, dynamic_band::kNegligiblePower);
    }
    released_ = at_chunk_boundary(released_, dynamic_band::kNegligibleWeight);
    weight_ = at_chunk_boundary(weight_, dynamic_band::kNegligibleWeight);
}

void KeyFollower::measure(LaneRows& rows, FilterState& state) const {
    auto const filter = plan_.band_pass;
    auto const fused_with = [](double factor, WideDouble value, WideDouble added) {
        return fma(WideDouble{} + factor, value, added);
    };
    LaneStates first;
    LaneStates second;
    auto const step = [&](std::size_t g, float const* x) {
        return dynamic_band::band_passed(
            filter, first.group[g], second.group[g], widen(x), fused_with
        );
    };
    at_each_group<1>(&rows, [&](std::size_t, std::size_t g, float const* x) { step(g, x); });
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        FilterState const from_rest{.first = first.of(lane), .second = second.of(lane)};
        first.of(lane) = state.first;
        second.of(lane) = state.second;
        state = filtered_lane(filter, state, from_rest);
    }
    at_each_group<1>(&rows, [&](std::size_t, std::size_t g, float* x) {
        auto const y = step(g, x);
        narrow(y * y, x);
    });
    state = dynamic_band::at_chunk_boundary(state);
}

} // namespace stemlathe::cpu
