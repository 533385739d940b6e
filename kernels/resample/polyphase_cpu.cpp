#include "kernels/resample/polyphase_cpu.hpp"

#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/simd.hpp"
#include "kernels/resample/resample_math.hpp"

#include <algorithm>
#include <cstring>

namespace stemlathe::cpu {

namespace {

using Lanes = Floats::Lanes;

/// One tap of the shared formula, resample::tap, for all lanes.
inline Lanes tap(float coefficient, Lanes samples, Lanes sums) {
    return fma(Floats::all(coefficient).lanes, samples, sums);
}

constexpr std::int64_t kVectors = 2; ///< in a row
constexpr std::int64_t kRow = kVectors * static_cast<std::int64_t>(sizeof(Lanes) / sizeof(float));
constexpr std::int64_t kPeriods = kRow / kChannels; ///< side by side
constexpr std::size_t kFrame_bytes = kChannels * sizeof(float);

/// Fewer output frames than this in a period would make gathering its input the larger part.
constexpr std::int64_t kPhasesMin = 128;

struct Sums {
    Lanes of[4][kVectors];
};

/// @param step  from row to row: kRow forwards, -kRow backwards
inline Sums
sum_taps(float const* row, std::int64_t step, float const* coefficients, std::int64_t count) {
    Sums sums{};
    for (std::int64_t i = 0; i < count; ++i, row += step, coefficients += 4) {
        Lanes const first = *reinterpret_cast<Lanes const*>(row);
        Lanes const second = *reinterpret_cast<Lanes const*>(row + kRow / kVectors);
        for (int phase = 0; phase < 4; ++phase) {
            sums.of[phase][0] = tap(coefficients[phase], first, sums.of[phase][0]);
            sums.of[phase][1] = tap(coefficients[phase], second, sums.of[phase][1]);
        }
    }
    return sums;
}

} // namespace

PolyphaseBank::PolyphaseBank(PolyphaseFilter const& filter) : taps_(filter.taps) {
    auto const repeats = (kPhasesMin + filter.phases - 1) / filter.phases;
    phases_ = repeats * filter.phases;
    advance_ = repeats * filter.advance;
    auto const spread = ((kGroup - 1) * advance_ + phases_ - 1) / phases_;
    half_ = taps_ / 2 + spread;
    rows_ = advance_ + taps_ + spread;
    auto const groups = (phases_ + kGroup - 1) / kGroup;
    table_.reserve(static_cast<std::size_t>(groups * 2 * half_ * kGroup));
    for (std::int64_t group = 0; group < groups; ++group) {
        add_group(filter, group * kGroup);
    }
    columns_ = allocate(rows_ * kPeriods);
}

/// Phases of a group start up to `spread` frames apart; where one has no tap, its coefficient is 0.
void PolyphaseBank::add_group(PolyphaseFilter const& filter, std::int64_t first_phase) {
    auto const first = resample::moment_of(first_phase, filter.phases, filter.advance).base;
    auto const coefficient = [&](std::int64_t row, std::int64_t lane, bool front) {
        auto const moment = resample::moment_of(first_phase + lane, filter.phases, filter.advance);
        auto const j = row - (moment.base - first);
        bool const there = front ? j >= 0 && j < taps_ / 2 : j >= taps_ / 2 && j < taps_;
        return there ? filter.coefficients[static_cast<std::size_t>(moment.phase * taps_ + j)]
                     : 0.0F;
    };
    first_rows_.push_back(first);
    for (bool const front : {true, false}) {
        for (std::int64_t i = 0; i < half_; ++i) {
            auto const row = front ? i : taps_ / 2 + half_ - 1 - i;
            for (std::int64_t lane = 0; lane < kGroup; ++lane) {
                table_.push_back(coefficient(row, lane, front));
            }
        }
    }
}

std::int64_t PolyphaseBank::frames_read() const noexcept {
    return (kPeriods - 1) * advance_ + rows_;
}

std::int64_t PolyphaseBank::frames_in() const noexcept {
    return kPeriods * advance_;
}

std::int64_t PolyphaseBank::frames_out() const noexcept {
    return kPeriods * phases_;
}

void PolyphaseBank::convert(float const* input, float* output) {
    gather(input);
    alignas(64) float tile[kGroup * kRow];
    for (std::int64_t group = 0; group < std::ssize(first_rows_); ++group) {
        compute(group, tile);
        scatter(tile, group, output);
    }
}

void PolyphaseBank::gather(float const* input) {
    auto* const columns = columns_.samples();
    for (std::int64_t row = 0; row < rows_; ++row) {
        for (std::int64_t period = 0; period < kPeriods; ++period) {
            std::memcpy(
                columns + row * kRow + period * kChannels,
                input + (period * advance_ + row) * kChannels,
                kFrame_bytes
            );
        }
    }
}

void PolyphaseBank::compute(std::int64_t group, float* tile) const {
    auto const* const first =
        columns_.samples() + first_rows_[static_cast<std::size_t>(group)] * kRow;
    auto const* const front_table = table_.data() + group * 2 * half_ * kGroup;
    auto const front = sum_taps(first, kRow, front_table, half_);
    auto const* const last = first + (taps_ / 2 + half_ - 1) * kRow;
    auto const back = sum_taps(last, -kRow, front_table + half_ * kGroup, half_);
    for (std::int64_t phase = 0; phase < kGroup; ++phase) {
        for (std::int64_t vector = 0; vector < kVectors; ++vector) {
            *reinterpret_cast<Lanes*>(tile + phase * kRow + vector * (kRow / kVectors)) =
                front.of[phase][vector] + back.of[phase][vector];
        }
    }
}

void PolyphaseBank::scatter(float const* tile, std::int64_t group, float* output) const {
    auto const first = group * kGroup;
    auto const count = std::min(kGroup, phases_ - first); // the last group may be short
    for (std::int64_t period = 0; period < kPeriods; ++period) {
        auto* const to = output + (period * phases_ + first) * kChannels;
        for (std::int64_t phase = 0; phase < count; ++phase) {
            std::memcpy(
                to + phase * kChannels, tile + phase * kRow + period * kChannels, kFrame_bytes
            );
        }
    }
}

} // namespace stemlathe::cpu
