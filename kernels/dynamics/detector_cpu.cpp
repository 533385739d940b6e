#include "kernels/dynamics/detector_cpu.hpp"

#include <algorithm>

namespace stemlathe::cpu {

using dynamics::kNegligible_db;
using dynamics::kNegligiblePower;

Detector::Detector(dynamics::Plan const& plan)
    : plan_(plan), rows_(std::make_unique<std::array<LaneRows, kChannels>>()) {}

std::span<LaneRows const> Detector::reduce(float const* key) {
    measure_power(key);
    reduce_by_curve();
    if (plan_.is_branching) {
        smooth_branching();
    } else if (plan_.streams == 1) {
        smooth_decoupled<1>();
    } else {
        smooth_decoupled<kChannels>();
    }
    for (std::size_t stream = 0; stream < kChannels; ++stream) {
        power_[stream] = at_chunk_boundary(power_[stream], kNegligiblePower);
        released_[stream] = at_chunk_boundary(released_[stream], kNegligible_db);
        reduction_[stream] = at_chunk_boundary(reduction_[stream], kNegligible_db);
    }
    return {rows_->data(), static_cast<std::size_t>(plan_.streams)};
}

void Detector::measure_power(float const* key) {
    alignas(64) std::array<std::array<float, kChunkFrames>, kChannels> power;
    auto& [left, right] = power;
    for (std::size_t n = 0; n < kChunkFrames; ++n) {
        left[n] = key[2 * n] * key[2 * n];
        right[n] = key[2 * n + 1] * key[2 * n + 1];
    }
    auto& rows = *rows_;
    if (plan_.streams == 1 && !plan_.is_rms) { // the louder channel is known before any filter
        for (std::size_t n = 0; n < kChunkFrames; ++n) {
            left[n] = std::max(left[n], right[n]);
        }
        to_rows(left.data(), rows[0]);
        return;
    }
    to_rows(left.data(), rows[0]);
    to_rows(right.data(), rows[1]);
    if (plan_.is_rms) {
        smooth<kChannels>(plan_.rms, rows.data(), power_.data());
    }
    if (plan_.streams == 1) {
        for (std::size_t i = 0; i < kChunkFrames; ++i) {
            rows[0].values()[i] = std::max(rows[0].values()[i], rows[1].values()[i]);
        }
    }
}

void Detector::reduce_by_curve() {
    auto const plan = plan_;
    float* const first = (*rows_)[0].values();
    float* const second = (*rows_)[1].values();
    if (plan.streams == 1) {
        for (std::size_t i = 0; i < kChunkFrames; ++i) {
            first[i] = dynamics::reduction_db(
                dynamics::level_db(first[i], plan.level_offset_db), plan.curve
            );
        }
        return;
    }
    for (std::size_t i = 0; i < kChunkFrames; ++i) {
        float const left_db = dynamics::level_db(first[i], plan.level_offset_db);
        float const right_db = dynamics::level_db(second[i], plan.level_offset_db);
        first[i] =
            dynamics::reduction_db(dynamics::linked_db(left_db, right_db, plan.link), plan.curve);
        second[i] =
            dynamics::reduction_db(dynamics::linked_db(right_db, left_db, plan.link), plan.curve);
    }
}

template <std::size_t Streams>
void Detector::smooth_decoupled() {
    decouple<Streams>(
        plan_.release,
        plan_.attack,
        rows_->data(),
        released_.data(),
        reduction_.data(),
        [](WideDouble, WideDouble smoothed) { return smoothed; }
    );
}

void Detector::smooth_branching() {
    for (std::size_t stream = 0; stream < static_cast<std::size_t>(plan_.streams); ++stream) {
        double state = reduction_[stream];
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            for (auto& row : (*rows_)[stream].at) {
                state = branched(plan_, state, row[lane]);
                row[lane] = static_cast<float>(state);
            }
        }
        reduction_[stream] = state;
    }
}

} // namespace stemlathe::cpu
