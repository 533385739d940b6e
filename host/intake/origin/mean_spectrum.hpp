#pragma once

#include "host/intake/origin/float_fourier.hpp"
#include "host/intake/stem_check.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe {

/// What a whole stem is made of, averaged over windows.
struct MeanSpectrum {
    std::vector<double> powers{}; ///< of each bin: its share of the mean square; full scale 1.0
    double bin_hz = 0.0;
    int windows = 0; ///< that were averaged; without any there are no powers

    [[nodiscard]] double top_hz() const noexcept {
        return bin_hz * static_cast<double>(powers.size());
    }

    /// Median of the bins from `from_hz` to `to_hz`, dB; kSilence_db where there are none. Partials
    /// stick out between the bins and do not move it.
    [[nodiscard]] double median_db(double from_hz, double to_hz) const;
};

/// Power spectra of a bounded number of windows, spread evenly over the file by frame position
/// alone, so that pieces of any size give the same. Windows of next to nothing do not count.
/// Channels are added as powers, through a blackman_harris window.
/// Source: Welch, IEEE Trans. Audio Electroacoust. 15(2), 1967.
class SpectrumAverager {
  public:
    /// @param frames  of the whole file
    SpectrumAverager(int rate_hz, std::int64_t frames);

    /// The next frames; windows that are not there as a whole are left out.
    void process(StemFrames const& frames);

    [[nodiscard]] MeanSpectrum mean() const;

  private:
    [[nodiscard]] std::int64_t window_start(std::int64_t window) const noexcept;
    void take(StemFrames const& frames, std::int64_t from, std::int64_t to);
    void add_window();

    int rate_hz_;
    std::int64_t size_;    ///< frames of a window: about 12 Hz a bin
    std::int64_t windows_; ///< that lie within the file
    std::int64_t last_start_;
    std::int64_t next_ = 0;   ///< window that is being filled
    std::int64_t filled_ = 0; ///< frames of it
    bool is_mono_ = false;
    FloatFourier fourier_;
    std::vector<float> shape_;
    std::vector<float> left_;
    std::vector<float> right_;
    std::vector<double> sums_;
    int counted_ = 0;
};

} // namespace stemlathe
