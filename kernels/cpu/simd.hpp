#pragma once

// g++ 12 takes the undefined vectors inside its own AVX-512 header for a mistake (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

namespace stemlathe::cpu {

// The widest vectors of the instruction set that a file is compiled for, with just the operations
// that the meters need. FMA is written out since contraction is off.

/// Two floats from each of two places.
inline __m128 two_pairs(float const* low, float const* high) noexcept {
    __m128 const first = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<__m128i const*>(low)));
    return _mm_loadh_pi(first, reinterpret_cast<__m64 const*>(high));
}

#if defined(__AVX512F__)

struct Floats {
    static constexpr int kLanes = 16;
    __m512 lanes = _mm512_setzero_ps();

    static Floats load(float const* from) noexcept {
        return {_mm512_loadu_ps(from)};
    }

    static Floats all(float value) noexcept {
        return {_mm512_set1_ps(value)};
    }

    void store(float* to) const noexcept {
        _mm512_storeu_ps(to, lanes);
    }
};

inline Floats fma(Floats a, Floats b, Floats c) noexcept {
    return {_mm512_fmadd_ps(a.lanes, b.lanes, c.lanes)};
}

inline Floats max(Floats a, Floats b) noexcept {
    return {_mm512_max_ps(a.lanes, b.lanes)};
}

inline Floats abs(Floats a) noexcept {
    return {_mm512_abs_ps(a.lanes)};
}

struct Doubles {
    static constexpr int kLanes = 8;
    __m512d lanes = _mm512_setzero_pd();

    static Doubles all(double value) noexcept {
        return {_mm512_set1_pd(value)};
    }

    /// kLanes consecutive floats.
    static Doubles widen(float const* from) noexcept {
        return {_mm512_cvtps_pd(_mm256_loadu_ps(from))};
    }

    /// Two consecutive floats from each of kLanes / 2 places, `offset` floats behind them.
    static Doubles widen_pairs(float const* const* from, long offset) noexcept {
        __m128 const low = two_pairs(from[0] + offset, from[1] + offset);
        __m128 const high = two_pairs(from[2] + offset, from[3] + offset);
        return {_mm512_cvtps_pd(_mm256_set_m128(high, low))};
    }

    void store(double* to) const noexcept {
        _mm512_storeu_pd(to, lanes);
    }
};

inline Doubles fma(Doubles a, Doubles b, Doubles c) noexcept {
    return {_mm512_fmadd_pd(a.lanes, b.lanes, c.lanes)};
}

inline Doubles operator+(Doubles a, Doubles b) noexcept {
    return {_mm512_add_pd(a.lanes, b.lanes)};
}

inline Doubles operator*(Doubles a, Doubles b) noexcept {
    return {_mm512_mul_pd(a.lanes, b.lanes)};
}

/// Neighbours change places: lane 0 with 1, 2 with 3, ...
inline Doubles swap_pairs(Doubles a) noexcept {
    return {_mm512_permute_pd(a.lanes, 0x55)};
}

#else

struct Floats {
    static constexpr int kLanes = 8;
    __m256 lanes = _mm256_setzero_ps();

    static Floats load(float const* from) noexcept {
        return {_mm256_loadu_ps(from)};
    }

    static Floats all(float value) noexcept {
        return {_mm256_set1_ps(value)};
    }

    void store(float* to) const noexcept {
        _mm256_storeu_ps(to, lanes);
    }
};

inline Floats fma(Floats a, Floats b, Floats c) noexcept {
    return {_mm256_fmadd_ps(a.lanes, b.lanes, c.lanes)};
}

inline Floats max(Floats a, Floats b) noexcept {
    return {_mm256_max_ps(a.lanes, b.lanes)};
}

inline Floats abs(Floats a) noexcept {
    return {_mm256_andnot_ps(_mm256_set1_ps(-0.0F), a.lanes)};
}

struct Doubles {
    static constexpr int kLanes = 4;
    __m256d lanes = _mm256_setzero_pd();

    static Doubles all(double value) noexcept {
        return {_mm256_set1_pd(value)};
    }

    static Doubles widen(float const* from) noexcept {
        return {_mm256_cvtps_pd(_mm_loadu_ps(from))};
    }

    static Doubles widen_pairs(float const* const* from, long offset) noexcept {
        return {_mm256_cvtps_pd(two_pairs(from[0] + offset, from[1] + offset))};
    }

    void store(double* to) const noexcept {
        _mm256_storeu_pd(to, lanes);
    }
};

inline Doubles fma(Doubles a, Doubles b, Doubles c) noexcept {
    return {_mm256_fmadd_pd(a.lanes, b.lanes, c.lanes)};
}

inline Doubles operator+(Doubles a, Doubles b) noexcept {
    return {_mm256_add_pd(a.lanes, b.lanes)};
}

inline Doubles operator*(Doubles a, Doubles b) noexcept {
    return {_mm256_mul_pd(a.lanes, b.lanes)};
}

inline Doubles swap_pairs(Doubles a) noexcept {
    return {_mm256_permute_pd(a.lanes, 0x5)};
}

#endif

} // namespace stemlathe::cpu
