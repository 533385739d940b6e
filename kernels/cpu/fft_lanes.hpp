#pragma once

#include "kernels/cpu/simd.hpp"

/// What the transform needs of a vector unit: lanes, complex numbers in lanes, discrete Fourier
/// transforms of 4, 8 and 16 complex vectors in registers, and the moves between frames and lanes.
/// FMA is written as an instruction because contraction is off in this project. For fft.cpp alone:
/// everything here is compiled once per instruction set.
namespace stemlathe::cpu {

namespace {

constexpr int kLanes = Floats::kLanes;
using Lanes = Floats::Lanes;
using UnalignedLanes = Floats::Unaligned;
using LaneIndices [[gnu::vector_size(kVector_bytes)]] = int;

struct Complex {
    Lanes re;
    Lanes im;
};

inline Complex operator+(Complex a, Complex b) {
    return {a.re + b.re, a.im + b.im};
}

inline Complex operator-(Complex a, Complex b) {
    return {a.re - b.re, a.im - b.im};
}

/// Which way a transform goes: exp(-i...) there, exp(+i...) back.
enum class Way { there, back };

/// a exp(-+ i angle), of which `cosine` and `sine` are given.
template <Way way>
inline Complex turn(Complex a, Lanes cosine, Lanes sine) {
    if constexpr (way == Way::there) {
        return {fma(a.re, cosine, a.im * sine), fma(a.im, cosine, -(a.re * sine))};
    } else {
        return {fma(a.re, cosine, -(a.im * sine)), fma(a.im, cosine, a.re * sine)};
    }
}

/// a exp(-+ i pi / 2)
template <Way way>
inline Complex quarter_turn(Complex a) {
    if constexpr (way == Way::there) {
        return {a.im, -a.re};
    } else {
        return {-a.im, a.re};
    }
}

/// a exp(-+ 2 pi i k / 16), k = 0..9
template <Way way, int k>
inline Complex sixteenth_turns(Complex a) {
    constexpr float kCos[] = {1.0F, 0.923879533F, 0.707106781F, 0.382683432F, 0.0F};
    if constexpr (k == 0) {
        return a;
    } else if constexpr (k == 4) {
        return quarter_turn<way>(a);
    } else if constexpr (k > 4) {
        return sixteenth_turns<way, k - 4>(quarter_turn<way>(a));
    } else {
        return turn<way>(a, Lanes{} + kCos[k], Lanes{} + kCos[4 - k]);
    }
}

/// Discrete Fourier transform of four, in place, natural order in and out.
template <Way way>
inline void transform4(Complex& a, Complex& b, Complex& c, Complex& d) {
    auto const even_sum = a + c;
    auto const even_difference = a - c;
    auto const odd_sum = b + d;
    auto const odd_difference = quarter_turn<way>(b - d);
    a = even_sum + odd_sum;
    b = even_difference + odd_difference;
    c = even_sum - odd_sum;
    d = even_difference - odd_difference;
}

/// The same of eight: two of four and a butterfly each (decimation in time).
template <Way way>
inline void transform8(Complex* x) {
    transform4<way>(x[0], x[2], x[4], x[6]);
    transform4<way>(x[1], x[3], x[5], x[7]);
    Complex const even[] = {x[0], x[2], x[4], x[6]};
    Complex const odd[] = {
        x[1],
        sixteenth_turns<way, 2>(x[3]),
        quarter_turn<way>(x[5]),
        sixteenth_turns<way, 6>(x[7])};
    for (int i = 0; i < 4; ++i) {
        x[i] = even[i] + odd[i];
        x[i + 4] = even[i] - odd[i];
    }
}

/// Row `i` of a transform of sixteen as four by four: its turns and its transform of four.
template <Way way, int i>
inline void row_of_16(Complex const* x, Complex* into) {
    auto a = x[i];
    auto b = sixteenth_turns<way, i>(x[4 + i]);
    auto c = sixteenth_turns<way, 2 * i>(x[8 + i]);
    auto d = sixteenth_turns<way, 3 * i>(x[12 + i]);
    transform4<way>(a, b, c, d);
    into[i] = a;
    into[4 + i] = b;
    into[8 + i] = c;
    into[12 + i] = d;
}

template <Way way>
inline void transform16(Complex* x) {
    Complex columns[16];
    for (int column = 0; column < 4; ++column) {
        auto a = x[column];
        auto b = x[4 + column];
        auto c = x[8 + column];
        auto d = x[12 + column];
        transform4<way>(a, b, c, d);
        columns[4 * column] = a;
        columns[4 * column + 1] = b;
        columns[4 * column + 2] = c;
        columns[4 * column + 3] = d;
    }
    row_of_16<way, 0>(columns, x);
    row_of_16<way, 1>(columns, x);
    row_of_16<way, 2>(columns, x);
    row_of_16<way, 3>(columns, x);
}

template <int radix, Way way>
inline void transform(Complex* x) {
    static_assert(radix == 4 || radix == 8 || radix == 16);
    if constexpr (radix == 4) {
        transform4<way>(x[0], x[1], x[2], x[3]);
    } else if constexpr (radix == 8) {
        transform8<way>(x);
    } else {
        transform16<way>(x);
    }
}

/// A row of lanes lies as [kLanes] real parts and [kLanes] imaginary parts.
inline Complex load(float const* row) {
    auto const* const lanes = reinterpret_cast<Lanes const*>(row);
    return {lanes[0], lanes[1]};
}

inline void store(Complex value, float* row) {
    auto* const lanes = reinterpret_cast<Lanes*>(row);
    lanes[0] = value.re;
    lanes[1] = value.im;
}

/// Takes kLanes interleaved frames apart into left and right.
inline Complex load_frames(float const* frames) {
    // Not auto, which would lose the type's alignment of 1.
    UnalignedLanes const* const halves = reinterpret_cast<UnalignedLanes const*>(frames);
    LaneIndices even;
    for (int i = 0; i < kLanes; ++i) {
        even[i] = 2 * i;
    }
    Lanes const low = halves[0];
    Lanes const high = halves[1];
    return {__builtin_shuffle(low, high, even), __builtin_shuffle(low, high, even + 1)};
}

inline void store_frames(Complex value, float* frames) {
    LaneIndices low;
    for (int i = 0; i < kLanes; ++i) {
        low[i] = i / 2 + (i % 2) * kLanes;
    }
    UnalignedLanes* const halves = reinterpret_cast<UnalignedLanes*>(frames);
    halves[0] = __builtin_shuffle(value.re, value.im, low);
    halves[1] = __builtin_shuffle(value.re, value.im, low + kLanes / 2);
}

/// One round of a transposition: exchanges the blocks of `step` by `step` beside the diagonal.
template <int step>
inline void exchange_blocks(Lanes* rows) {
    LaneIndices upper;
    LaneIndices lower;
    for (int i = 0; i < kLanes; ++i) {
        bool const is_right = (i & step) != 0;
        upper[i] = is_right ? kLanes + i - step : i;
        lower[i] = is_right ? kLanes + i : i + step;
    }
    for (int i = 0; i < kLanes; ++i) {
        if ((i & step) == 0) {
            Lanes const a = rows[i];
            Lanes const b = rows[i + step];
            rows[i] = __builtin_shuffle(a, b, upper);
            rows[i + step] = __builtin_shuffle(a, b, lower);
        }
    }
}

/// Transposes kLanes vectors: element j of vector i becomes element i of vector j.
inline void transpose(Lanes* rows) {
    exchange_blocks<1>(rows);
    exchange_blocks<2>(rows);
    exchange_blocks<4>(rows);
    if constexpr (kLanes == 16) {
        exchange_blocks<8>(rows);
    }
}

} // namespace

} // namespace stemlathe::cpu
