#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace stemlathe {

/// Discrete Fourier transform of a power of two in float64, in place, without a factor; the inverse
/// is a transform of the conjugate, over the size. As Fourier<double>, but of complex numbers as
/// stereo frames are them, and without room of its own, so that threads share one.
/// Source: Cooley & Tukey, Math. Comp. 19, 1965; decimation in time.
class InterleavedFourier {
  public:
    /// @param size  a power of two, 2 ..
    explicit InterleavedFourier(std::size_t size);

    void transform(std::span<std::complex<double>> values) const;

    [[nodiscard]] std::size_t size() const noexcept {
        return mirrored_.size();
    }

  private:
    std::vector<std::size_t> mirrored_;       ///< index with its bits in reverse
    std::vector<std::complex<double>> turns_; ///< of every step, one after the other
};

/// a * b, without the tests for infinity that std::complex makes.
[[nodiscard]] inline std::complex<double>
product(std::complex<double> a, std::complex<double> b) noexcept {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

} // namespace stemlathe
