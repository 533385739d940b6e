#include "kernels/cpu/fft.hpp"

#include "kernels/base/assert.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/fft_lanes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

// The transform of N = lanes x rows complex numbers, Cooley-Tukey twice:
//  1. split_lanes: a transform of kLanes over numbers that lie N / kLanes apart, its twiddles, and
//  a
//     transposition that gives each of the kLanes sub-transforms a lane of its own.
//  2. The sub-transforms, all lanes at once, in passes of radix 8 and a last one of 4, 8 or 16.
// The way back does the same in reverse order with conjugate twiddles.

namespace stemlathe::cpu {

namespace {

constexpr std::int64_t kRow = 2 * kLanes; ///< floats of a row of lanes

/// Radices whose product is 2^log2_rows, eights first.
std::vector<int> radices_for(int log2_rows) {
    std::vector<int> radices;
    while (log2_rows > 0) {
        int const log2_radix = log2_rows == 4 ? 4 : std::min(log2_rows, 3);
        radices.push_back(1 << log2_radix);
        log2_rows -= log2_radix;
    }
    return radices;
}

/// exp(i angle) for numerator / denominator of a full turn, as (cos, sin).
void write_turn(std::int64_t numerator, std::int64_t denominator, float& cosine, float& sine) {
    double const angle = 2.0 * std::numbers::pi * static_cast<double>(numerator % denominator) /
                         static_cast<double>(denominator);
    cosine = static_cast<float>(std::cos(angle));
    sine = static_cast<float>(std::sin(angle));
}

AlignedFloats twiddles_for(int radix, std::int64_t rows) {
    AlignedFloats table{rows / radix * (radix - 1) * 2};
    auto* entry = table.data();
    for (std::int64_t row = 0; row < rows / radix; ++row) {
        for (int leg = 1; leg < radix; ++leg, entry += 2) {
            write_turn(row * leg, rows, entry[0], entry[1]);
        }
    }
    return table;
}

/// [rows / kLanes][kLanes legs] rows of lanes: what split_lanes turns leg q of frame k by.
AlignedFloats lane_twiddles_for(std::int64_t size) {
    AlignedFloats table{2 * size};
    auto* entry = table.data();
    for (std::int64_t k = 0; k < size / kLanes; k += kLanes) {
        for (int leg = 0; leg < kLanes; ++leg, entry += kRow) {
            for (int lane = 0; lane < kLanes; ++lane) {
                write_turn(leg * (k + lane), size, entry[lane], entry[kLanes + lane]);
            }
        }
    }
    return table;
}

template <int radix>
void forward_butterflies(float* block, std::int64_t rows, float const* twiddles) {
    auto const leg_stride = rows / radix * kRow;
    for (auto* at = block; at < block + leg_stride; at += kRow, twiddles += 2 * (radix - 1)) {
        Complex x[radix];
        for (int leg = 0; leg < radix; ++leg) {
            x[leg] = load(at + leg * leg_stride);
        }
        transform<radix, Way::there>(x);
        store(x[0], at);
        for (int leg = 1; leg < radix; ++leg) {
            auto const cosine = Lanes{} + twiddles[2 * leg - 2];
            auto const sine = Lanes{} + twiddles[2 * leg - 1];
            store(turn<Way::there>(x[leg], cosine, sine), at + leg * leg_stride);
        }
    }
}

template <int radix>
void backward_butterflies(float* block, std::int64_t rows, float const* twiddles) {
    auto const leg_stride = rows / radix * kRow;
    for (auto* at = block; at < block + leg_stride; at += kRow, twiddles += 2 * (radix - 1)) {
        Complex x[radix];
        x[0] = load(at);
        for (int leg = 1; leg < radix; ++leg) {
            auto const cosine = Lanes{} + twiddles[2 * leg - 2];
            auto const sine = Lanes{} + twiddles[2 * leg - 1];
            x[leg] = turn<Way::back>(load(at + leg * leg_stride), cosine, sine);
        }
        transform<radix, Way::back>(x);
        for (int leg = 0; leg < radix; ++leg) {
            store(x[leg], at + leg * leg_stride);
        }
    }
}

/// The last pass there, the product with a real response [rows][kLanes], the first pass back.
template <int radix>
void filter_rows(float const* from, float const* response, std::int64_t rows, float* to) {
    auto const* factors = reinterpret_cast<Lanes const*>(response);
    for (std::int64_t row = 0; row < rows; row += radix) {
        Complex x[radix];
        for (int leg = 0; leg < radix; ++leg) {
            x[leg] = load(from + (row + leg) * kRow);
        }
        transform<radix, Way::there>(x);
        for (int leg = 0; leg < radix; ++leg) {
            x[leg] = {x[leg].re * factors[row + leg], x[leg].im * factors[row + leg]};
        }
        transform<radix, Way::back>(x);
        for (int leg = 0; leg < radix; ++leg) {
            store(x[leg], to + (row + leg) * kRow);
        }
    }
}

/// The last pass there, of which only the real parts are kept: [rows][kLanes].
template <int radix>
void real_parts(float const* from, float scale, std::int64_t rows, float* to) {
    auto* const parts = reinterpret_cast<Lanes*>(to);
    for (std::int64_t row = 0; row < rows; row += radix) {
        Complex x[radix];
        for (int leg = 0; leg < radix; ++leg) {
            x[leg] = load(from + (row + leg) * kRow);
        }
        transform<radix, Way::there>(x);
        for (int leg = 0; leg < radix; ++leg) {
            parts[row + leg] = x[leg].re * scale;
        }
    }
}

/// The last pass there over one block, each row of bins to its place in natural order.
/// @param stride  between the places of neighbouring rows
template <int radix>
void place_rows(
    float const* block, std::int64_t place, std::int64_t stride, float* real, float* imaginary
) {
    Complex x[radix];
    for (int leg = 0; leg < radix; ++leg) {
        x[leg] = load(block + leg * kRow);
    }
    transform<radix, Way::there>(x);
    for (int leg = 0; leg < radix; ++leg) {
        auto const at = (place + leg * stride) * kLanes;
        *reinterpret_cast<Lanes*>(real + at) = x[leg].re;
        *reinterpret_cast<Lanes*>(imaginary + at) = x[leg].im;
    }
}

/// Calls `work` with the radix as a constant.
template <typename Work>
void with_radix(int radix, Work const& work) {
    switch (radix) {
    case 4:
        return work.template operator()<4>();
    case 8:
        return work.template operator()<8>();
    default:
        return work.template operator()<16>();
    }
}

} // namespace

AlignedFloats::AlignedFloats(std::int64_t count)
    : memory_(allocate((count + kChannels - 1) / kChannels)) {}

Fft::Fft(std::int64_t size)
    : size_(size), rows_(size / kLanes), lane_twiddles_(lane_twiddles_for(size)) {
    constexpr std::int64_t kSmallest = 512; // two passes at least on either instruction set
    STEMLATHE_ASSERT(size >= kSmallest && std::has_single_bit(static_cast<std::uint64_t>(size)));
    auto rows = rows_;
    for (int const radix : radices_for(std::countr_zero(static_cast<std::uint64_t>(rows_)))) {
        passes_.push_back({.radix = radix, .rows = rows});
        if (rows > radix) {
            passes_.back().twiddles = twiddles_for(radix, rows);
        }
        rows /= radix;
    }
}

void Fft::forward(float const* frames, float* spectrum) const {
    split_lanes(frames, spectrum);
    forward_passes(spectrum, 0);
}

void Fft::outer_bins(
    float const* frames, std::int64_t count, float* scratch, float* real, float* imaginary
) const {
    STEMLATHE_ASSERT(count > 0 && count <= size_ / 2);
    split_lanes(frames, scratch);
    // Lane l of row m is bin l + kLanes m.
    OuterRows const outer{
        .rows = (count + kLanes - 1) / kLanes, .real = real, .imaginary = imaginary};
    outer_passes(scratch, outer, 0, 0, 1);
}

void Fft::filter(
    float const* spectrum,
    float const* response,
    float* scratch,
    std::int64_t first,
    std::int64_t count,
    float* frames
) const {
    constexpr std::int64_t kWholeVectors = 16;
    STEMLATHE_ASSERT(first % kWholeVectors == 0 && count % kWholeVectors == 0);
    filter_passes(spectrum, response, scratch, 0);
    join_lanes(scratch, first, count, frames);
}

AlignedFloats Fft::response_of(std::vector<float> const& taps) const {
    auto const count = static_cast<std::int64_t>(taps.size());
    STEMLATHE_ASSERT(count % 2 == 1 && count < size_);
    AlignedFloats frames{2 * size_};
    std::fill_n(frames.data(), 2 * size_, 0.0F);
    for (std::int64_t i = 0; i < count; ++i) {
        frames.data()[2 * ((i - count / 2 + size_) % size_)] = taps[static_cast<std::size_t>(i)];
    }
    AlignedFloats spectrum{2 * size_};
    forward(frames.data(), spectrum.data());
    AlignedFloats response{size_};
    auto const scale = 1.0F / static_cast<float>(size_); // exact, a power of two
    with_radix(passes_.back().radix, [&]<int radix>() {
        real_parts<radix>(spectrum.data(), scale, rows_, response.data());
    });
    return response;
}

void Fft::split_lanes(float const* frames, float* rows) const {
    auto const* twiddles = lane_twiddles_.data();
    for (std::int64_t k = 0; k < rows_; k += kLanes) {
        Complex x[kLanes];
        for (int leg = 0; leg < kLanes; ++leg) {
            x[leg] = load_frames(frames + kChannels * (leg * rows_ + k));
        }
        transform<kLanes, Way::there>(x);
        Lanes re[kLanes] = {x[0].re};
        Lanes im[kLanes] = {x[0].im};
        for (int leg = 1; leg < kLanes; ++leg) {
            auto const [cosine, sine] = load(twiddles + leg * kRow);
            auto const turned = turn<Way::there>(x[leg], cosine, sine);
            re[leg] = turned.re;
            im[leg] = turned.im;
        }
        twiddles += kLanes * kRow;
        transpose(re);
        transpose(im);
        for (int row = 0; row < kLanes; ++row) {
            store({re[row], im[row]}, rows + (k + row) * kRow);
        }
    }
}

void Fft::join_lanes(float const* rows, std::int64_t first, std::int64_t count, float* frames)
    const {
    auto const* twiddles = lane_twiddles_.data();
    for (std::int64_t k = 0; k < rows_; k += kLanes) {
        Lanes re[kLanes];
        Lanes im[kLanes];
        for (int row = 0; row < kLanes; ++row) {
            auto const value = load(rows + (k + row) * kRow);
            re[row] = value.re;
            im[row] = value.im;
        }
        transpose(re);
        transpose(im);
        Complex x[kLanes] = {{re[0], im[0]}};
        for (int leg = 1; leg < kLanes; ++leg) {
            auto const [cosine, sine] = load(twiddles + leg * kRow);
            x[leg] = turn<Way::back>({re[leg], im[leg]}, cosine, sine);
        }
        twiddles += kLanes * kRow;
        transform<kLanes, Way::back>(x);
        for (int leg = 0; leg < kLanes; ++leg) {
            auto const frame = leg * rows_ + k - first;
            if (frame >= 0 && frame < count) {
                store_frames(x[leg], frames + kChannels * frame);
            }
        }
    }
}

void Fft::forward_passes(float* rows, std::size_t level) const {
    auto const& pass = passes_[level];
    if (level + 1 == passes_.size()) {
        return; // filter_rows does the last one
    }
    with_radix(pass.radix, [&]<int radix>() {
        forward_butterflies<radix>(rows, pass.rows, pass.twiddles.data());
    });
    for (int leg = 0; leg < pass.radix; ++leg) {
        forward_passes(rows + leg * (pass.rows / pass.radix) * kRow, level + 1);
    }
}

/// Passes from `level` on over rows that become those at `place` and every `weight` after it in
/// natural order, if one of them is wanted.
void Fft::outer_passes(
    float* rows, OuterRows const& outer, std::size_t level, std::int64_t place, std::int64_t weight
) const {
    if (place >= outer.rows && place < weight - outer.rows) {
        return;
    }
    auto const& pass = passes_[level];
    if (level + 1 == passes_.size()) {
        with_radix(pass.radix, [&]<int radix>() {
            place_rows<radix>(rows, place, weight, outer.real, outer.imaginary);
        });
        return;
    }
    with_radix(pass.radix, [&]<int radix>() {
        forward_butterflies<radix>(rows, pass.rows, pass.twiddles.data());
    });
    for (int leg = 0; leg < pass.radix; ++leg) {
        auto* const part = rows + leg * (pass.rows / pass.radix) * kRow;
        outer_passes(part, outer, level + 1, place + leg * weight, weight * pass.radix);
    }
}

void Fft::filter_passes(float const* from, float const* response, float* to, std::size_t level)
    const {
    auto const& pass = passes_[level];
    if (level + 2 == passes_.size()) {
        with_radix(passes_.back().radix, [&]<int radix>() {
            filter_rows<radix>(from, response, pass.rows, to);
        });
    } else {
        for (int leg = 0; leg < pass.radix; ++leg) {
            auto const row = leg * (pass.rows / pass.radix);
            filter_passes(from + row * kRow, response + row * kLanes, to + row * kRow, level + 1);
        }
    }
    with_radix(pass.radix, [&]<int radix>() {
        backward_butterflies<radix>(to, pass.rows, pass.twiddles.data());
    });
}

} // namespace stemlathe::cpu
