#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace stemlathe {

/// Complex discrete Fourier transform on the host, for what is looked at rather than heard: lags,
/// band edges, hum. Real and imaginary parts lie apart, in natural order before and after.
///   X[k] = sum over n of x[n] exp(-2 pi i n k / size)
/// Source: Stockham's transform of radix 4, in Van Loan, Computational Frameworks for the Fast
/// Fourier Transform, SIAM 1992, section 1.7 and algorithm 2.4.4.
/// Accuracy: rms error of a few units in the last place of Real, over the rms of the result.
template <typename Real>
class Fourier {
  public:
    /// @param size  a power of two, 1 .. 2^30
    explicit Fourier(std::size_t size);

    [[nodiscard]] std::size_t size() const noexcept {
        return size_;
    }

    /// In place; both parts [size].
    void transform(std::span<Real> real, std::span<Real> imaginary);

  private:
    /// Where a pass reads or writes.
    struct Parts {
        Real* real = nullptr;
        Real* imaginary = nullptr;
    };

    void pass_of_4(std::size_t length, std::size_t stride, Parts from, Parts to) const;
    void pass_of_2(Parts from, Parts to) const;

    std::size_t size_;
    std::vector<Real> cosines_; ///< of -2 pi k / size, k = 0 .. 3 size / 4
    std::vector<Real> sines_;
    std::vector<Real> real_; ///< room for every other pass
    std::vector<Real> imaginary_;
};

extern template class Fourier<float>;
extern template class Fourier<double>;

} // namespace stemlathe
