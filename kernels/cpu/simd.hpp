#pragma once

// g++ 12 takes the undefined vectors inside its own AVX-512 header for a mistake (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#include <cstdint>

namespace stemlathe::cpu {

#if defined(__AVX512F__)
inline constexpr int kVector_bytes = 64;
#else
inline constexpr int kVector_bytes = 32;
#endif

/// The widest vector of the instruction set that a file is compiled for, with just the operations
/// that are needed. FMA is written out since contraction is off. For CPU modules only.
template <typename Number>
struct Vector {
    static constexpr int kLanes = kVector_bytes / static_cast<int>(sizeof(Number));
    using Lanes [[gnu::vector_size(kVector_bytes)]] = Number;
    using Unaligned [[gnu::aligned(sizeof(Number)), gnu::may_alias]] = Lanes;
    Lanes lanes{};

    static Vector load(Number const* from) noexcept {
        return {*reinterpret_cast<Unaligned const*>(from)};
    }

    static Vector all(Number value) noexcept {
        return {value - Lanes{}}; // keeps the sign of a zero
    }

    void store(Number* to) const noexcept {
        *reinterpret_cast<Unaligned*>(to) = lanes;
    }

    friend Vector operator+(Vector a, Vector b) noexcept {
        return {a.lanes + b.lanes};
    }

    friend Vector operator*(Vector a, Vector b) noexcept {
        return {a.lanes * b.lanes};
    }
};

using Floats = Vector<float>;
using Doubles = Vector<double>;

/// Two consecutive floats from each of two places.
inline __m128 two_pairs(float const* low, float const* high) noexcept {
    __m128 const first = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<__m128i const*>(low)));
    return _mm_loadh_pi(first, reinterpret_cast<__m64 const*>(high));
}

#if defined(__AVX512F__)

inline Floats::Lanes fma(Floats::Lanes a, Floats::Lanes b, Floats::Lanes c) noexcept {
    return _mm512_fmadd_ps(a, b, c);
}

inline Doubles::Lanes fma(Doubles::Lanes a, Doubles::Lanes b, Doubles::Lanes c) noexcept {
    return _mm512_fmadd_pd(a, b, c);
}

inline Floats max(Floats a, Floats b) noexcept {
    return {_mm512_max_ps(a.lanes, b.lanes)};
}

inline Floats abs(Floats a) noexcept {
    return {_mm512_abs_ps(a.lanes)};
}

/// As many consecutive floats as there are lanes.
inline Doubles widen_floats(float const* from) noexcept {
    return {_mm512_cvtps_pd(_mm256_loadu_ps(from))};
}

/// Two consecutive floats from each of kLanes / 2 places, `offset` floats behind them.
inline Doubles widen_pairs(float const* const* from, std::int64_t offset) noexcept {
    __m128 const low = two_pairs(from[0] + offset, from[1] + offset);
    __m128 const high = two_pairs(from[2] + offset, from[3] + offset);
    return {_mm512_cvtps_pd(_mm256_set_m128(high, low))};
}

/// Neighbours change places: lane 0 with 1, 2 with 3, ...
inline Doubles swap_pairs(Doubles a) noexcept {
    return {_mm512_permute_pd(a.lanes, 0x55)};
}

#else

inline Floats::Lanes fma(Floats::Lanes a, Floats::Lanes b, Floats::Lanes c) noexcept {
    return _mm256_fmadd_ps(a, b, c);
}

inline Doubles::Lanes fma(Doubles::Lanes a, Doubles::Lanes b, Doubles::Lanes c) noexcept {
    return _mm256_fmadd_pd(a, b, c);
}

inline Floats max(Floats a, Floats b) noexcept {
    return {_mm256_max_ps(a.lanes, b.lanes)};
}

inline Floats abs(Floats a) noexcept {
    return {_mm256_andnot_ps(_mm256_set1_ps(-0.0F), a.lanes)};
}

inline Doubles widen_floats(float const* from) noexcept {
    return {_mm256_cvtps_pd(_mm_loadu_ps(from))};
}

inline Doubles widen_pairs(float const* const* from, std::int64_t offset) noexcept {
    return {_mm256_cvtps_pd(two_pairs(from[0] + offset, from[1] + offset))};
}

inline Doubles swap_pairs(Doubles a) noexcept {
    return {_mm256_permute_pd(a.lanes, 0x5)};
}

#endif

/// a b + c, rounded once.
template <typename Number>
inline Vector<Number> fma(Vector<Number> a, Vector<Number> b, Vector<Number> c) noexcept {
    return {fma(a.lanes, b.lanes, c.lanes)};
}

} // namespace stemlathe::cpu
