#pragma once

#include "kernels/base/recursion.hpp"
#include "kernels/cpu/simd.hpp"

#include <array>
#include <cstddef>

// The lanes of a canonical chunk side by side in vector registers: step s of all lanes is one row.
// For CPU modules only.

namespace stemlathe::cpu {

/// The values of a chunk, transposed: at[step][lane] is value lane * Steps + step.
template <std::size_t Steps>
struct Rows {
    alignas(64) std::array<std::array<float, kLanes>, Steps> at;

    [[nodiscard]] float* values() noexcept {
        return at.front().data();
    }
};

/// One value per frame.
using LaneRows = Rows<kLaneFrames>;

inline constexpr std::size_t kWide = Doubles::kLanes;
using WideFloat [[gnu::vector_size(kWide * sizeof(float))]] = float;
using WideDouble = Doubles::Lanes;

[[gnu::always_inline]] inline WideDouble larger(WideDouble a, WideDouble b) noexcept {
    return a > b ? a : b;
}

[[gnu::always_inline]] inline WideDouble widen(float const* values) noexcept {
    return __builtin_convertvector(*reinterpret_cast<WideFloat const*>(values), WideDouble);
}

[[gnu::always_inline]] inline void narrow(WideDouble wide, float* values) noexcept {
    *reinterpret_cast<WideFloat*>(values) = __builtin_convertvector(wide, WideFloat);
}

inline constexpr std::size_t kGroups = static_cast<std::size_t>(kLanes) / kWide;

/// A float64 per lane.
struct LaneStates {
    std::array<WideDouble, kGroups> group{};

    [[nodiscard]] double& of(std::size_t lane) noexcept {
        return reinterpret_cast<double*>(group.data())[lane];
    }
};

/// Transposes 8 x 8 values, each row 32-byte aligned: row i of the result is from[i],
/// from[from_stride + i], ...
[[gnu::always_inline]] inline void transpose_tile(
    float const* from, std::size_t from_stride, float* to, std::size_t to_stride
) noexcept {
    using Row [[gnu::vector_size(8 * sizeof(float))]] = float;
    std::array<Row, 8> a; // pairs of values, then of pairs, then of halves change places
    std::array<Row, 8> b;
    for (std::size_t i = 0; i < 8; ++i) {
        a[i] = *reinterpret_cast<Row const*>(from + i * from_stride);
    }
    for (std::size_t i = 0; i < 8; i += 2) {
        b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (std::size_t i = 0; i < 8; i += 4) {
        a[i] = __builtin_shufflevector(b[i], b[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        a[i + 1] = __builtin_shufflevector(b[i], b[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        a[i + 2] = __builtin_shufflevector(b[i + 1], b[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);
        a[i + 3] = __builtin_shufflevector(b[i + 1], b[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    for (std::size_t i = 0; i < 4; ++i) {
        auto const low = __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        auto const high = __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
        *reinterpret_cast<Row*>(to + i * to_stride) = low;
        *reinterpret_cast<Row*>(to + (i + 4) * to_stride) = high;
    }
}

/// Values of a chunk in order, 64-byte aligned, become rows.
template <std::size_t Steps>
void to_rows(float const* values, Rows<Steps>& rows) noexcept {
    for (std::size_t step = 0; step < Steps; step += 8) {
        for (std::size_t lane = 0; lane < kLanes; lane += 8) {
            auto const* const from = values + lane * Steps + step;
            transpose_tile(from, Steps, &rows.at[step][lane], kLanes);
        }
    }
}

/// Rows become values in order.
template <std::size_t Steps>
void from_rows(Rows<Steps> const& rows, float* values) noexcept {
    for (std::size_t step = 0; step < Steps; step += 8) {
        for (std::size_t lane = 0; lane < kLanes; lane += 8) {
            auto* const to = values + lane * Steps + step;
            transpose_tile(&rows.at[step][lane], kLanes, to, Steps);
        }
    }
}

/// Visits the groups of all streams in the order of time.
template <std::size_t Streams, std::size_t Steps, typename Visit>
[[gnu::always_inline]] inline void at_each_group(Rows<Steps>* rows, Visit const& visit) noexcept {
    for (std::size_t step = 0; step < Steps; ++step) {
        for (std::size_t stream = 0; stream < Streams; ++stream) {
            for (std::size_t g = 0; g < kGroups; ++g) {
                visit(stream, g, &rows[stream].at[step][g * kWide]);
            }
        }
    }
}

/// The next state of a group of lanes: see recursion.hpp.
[[gnu::always_inline]] inline WideDouble
smoothed(OnePole const& pole, WideDouble state, WideDouble x) noexcept {
    return fma(WideDouble{} + pole.keep, state, pole.take * x);
}

[[gnu::always_inline]] inline WideDouble
released(OnePole const& pole, WideDouble state, WideDouble x) noexcept {
    return larger(x, smoothed(pole, state, x));
}

/// Turns what lanes make of rest into the states that they start from.
/// @param state  before the chunk; after it on return
inline void fold_smoothed(OnePole const& pole, LaneStates& lanes, double& state) noexcept {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        double const from_rest = lanes.of(lane);
        lanes.of(lane) = state;
        state = smoothed_lane(pole, state, from_rest);
    }
}

/// The one-pole over the same chunk of several streams, in place.
/// @param rows  [Streams]
/// @param states  [Streams], of the recursions before the chunk; after it on return
template <std::size_t Streams, std::size_t Steps>
void smooth(OnePole const pole, Rows<Steps>* rows, double* states) noexcept {
    std::array<LaneStates, Streams> now{};
    at_each_group<Streams>(rows, [&](std::size_t stream, std::size_t g, float const* x) {
        now[stream].group[g] = smoothed(pole, now[stream].group[g], widen(x));
    });
    for (std::size_t stream = 0; stream < Streams; ++stream) {
        fold_smoothed(pole, now[stream], states[stream]);
    }
    at_each_group<Streams>(rows, [&](std::size_t stream, std::size_t g, float* x) {
        now[stream].group[g] = smoothed(pole, now[stream].group[g], widen(x));
        narrow(now[stream].group[g], x);
    });
}

/// A detector of two halves in a row over the same chunk of several streams, in place: y1 is x
/// released, y2 is y1 smoothed, and `output(y1, y2)` replaces x.
/// @param rows  [Streams]
/// @param released_states, smoothed_states  [Streams] each, before the chunk; after it on return
template <std::size_t Streams, std::size_t Steps, typename Output>
void decouple(
    OnePole const release,
    OnePole const smoothing,
    Rows<Steps>* rows,
    double* released_states,
    double* smoothed_states,
    Output const& output
) noexcept {
    std::array<LaneStates, Streams> first{};   // what the first half makes of rest ...
    std::array<LaneStates, Streams> falling{}; // ... and what its one-pole alone does
    at_each_group<Streams>(rows, [&](std::size_t stream, std::size_t g, float const* x) {
        auto const wide = widen(x);
        first[stream].group[g] = released(release, first[stream].group[g], wide);
        falling[stream].group[g] = smoothed(release, falling[stream].group[g], wide);
    });
    for (std::size_t stream = 0; stream < Streams; ++stream) {
        double& state = released_states[stream];
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            double const from_rest = first[stream].of(lane);
            first[stream].of(lane) = state;
            state = released_lane(release, state, from_rest, falling[stream].of(lane));
        }
    }
    auto const starts = first;
    std::array<LaneStates, Streams> second{}; // what the second half makes of rest
    at_each_group<Streams>(rows, [&](std::size_t stream, std::size_t g, float const* x) {
        auto& y1 = first[stream].group[g];
        y1 = released(release, y1, widen(x));
        second[stream].group[g] = smoothed(smoothing, second[stream].group[g], y1);
    });
    for (std::size_t stream = 0; stream < Streams; ++stream) {
        fold_smoothed(smoothing, second[stream], smoothed_states[stream]);
    }
    first = starts;
    at_each_group<Streams>(rows, [&](std::size_t stream, std::size_t g, float* x) {
        auto& y1 = first[stream].group[g];
        auto& y2 = second[stream].group[g];
        y1 = released(release, y1, widen(x));
        y2 = smoothed(smoothing, y2, y1);
        narrow(output(y1, y2), x);
    });
}

} // namespace stemlathe::cpu
