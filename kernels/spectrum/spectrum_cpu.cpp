#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/fft.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/spectrum/spectrum_stage.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace stemlathe::cpu {

namespace {

using spectrum::Bins;
using spectrum::Design;
using spectrum::Region;

/// The region's window, each value twice: once for each ear of an interleaved frame.
AlignedFloats interleaved_window(Region const& region) {
    auto const window = spectrum::window_of(region);
    AlignedFloats pairs{kChannels * region.size};
    auto* to = pairs.data();
    for (float const value : window) {
        *to++ = value;
        *to++ = value;
    }
    return pairs;
}

/// What all regions work in: places for the longest window.
struct Scratch {
    explicit Scratch(std::int64_t size)
        : frames(kChannels * size),
          transform(kChannels * size),
          real(size),
          imaginary(size),
          powers{
              AlignedFloats{size}, AlignedFloats{size}, AlignedFloats{size}, AlignedFloats{size}} {}

    AlignedFloats frames;
    AlignedFloats transform;
    AlignedFloats real; ///< of the bins, in natural order
    AlignedFloats imaginary;
    std::array<AlignedFloats, 4> powers; ///< rows of the region's bins, from its first on
};

/// Sums of bins [count of `lines`]; `powers` begins at bin `first_bin`.
void merge(
    std::span<Bins const> lines, float const* powers, std::int64_t first_bin, float* merged
) {
    for (auto const& line : lines) {
        auto const* const first = powers + (line.first - first_bin);
        float sum = first[0];
        for (std::int32_t bin = 1; bin < line.count; ++bin) {
            sum += first[bin];
        }
        *merged++ = sum;
    }
}

class RegionTransform {
  public:
    RegionTransform(Region const& region, std::int64_t rows)
        : region_(region),
          rows_(static_cast<std::size_t>(rows)),
          window_(interleaved_window(region)),
          fft_(region.size) {}

    [[nodiscard]] Region const& region() const noexcept {
        return region_;
    }

    /// All rows of the region's bins, to `scratch`.
    /// @param frame  the hop's own, with all that its windows reach around it
    void transform(float const* frame, Scratch& scratch) const {
        for (std::int64_t window = 0; window < region_.windows; ++window) {
            auto const* const from = frame + kChannels * region_.start(window);
            auto* const windowed = scratch.frames.data();
            auto const* const factors = window_.data();
            for (std::int64_t i = 0; i < kChannels * region_.size; ++i) {
                windowed[i] = from[i] * factors[i];
            }
            fft_.outer_bins(
                windowed,
                region_.first_bin + region_.bins,
                scratch.transform.data(),
                scratch.real.data(),
                scratch.imaginary.data()
            );
            for (std::size_t row = 0; row < rows_ && window == 0; ++row) {
                std::fill_n(scratch.powers[row].data(), region_.bins, 0.0F);
            }
            add_powers(scratch);
            if (rows_ > kChannels) {
                add_cross(scratch);
            }
        }
    }

  private:
    void add_powers(Scratch& scratch) const {
        auto const* const real = scratch.real.data() + region_.first_bin;
        auto const* const imaginary = scratch.imaginary.data() + region_.first_bin;
        auto const mirror = region_.size - 2 * region_.first_bin; // of the first bin, seen from it
        auto* const left = scratch.powers[0].data();
        auto* const right = scratch.powers[1].data();
        for (std::int64_t i = 0; i < region_.bins; ++i) {
            auto const powers = spectrum::ear_powers(
                {real[i], imaginary[i]}, {real[mirror - i], imaginary[mirror - i]}
            );
            left[i] += powers.left;
            right[i] += powers.right;
        }
    }

    void add_cross(Scratch& scratch) const {
        auto const* const real = scratch.real.data() + region_.first_bin;
        auto const* const imaginary = scratch.imaginary.data() + region_.first_bin;
        auto const mirror = region_.size - 2 * region_.first_bin;
        auto* const re = scratch.powers[2].data();
        auto* const im = scratch.powers[3].data();
        for (std::int64_t i = 0; i < region_.bins; ++i) {
            auto const cross = spectrum::cross_power(
                {real[i], imaginary[i]}, {real[mirror - i], imaginary[mirror - i]}
            );
            re[i] += cross.re;
            im[i] += cross.im;
        }
    }

    Region region_;
    std::size_t rows_;
    AlignedFloats window_; ///< [2 size]
    Fft fft_;
};

/// Transforms hop after hop, region by region, so that a region's tables stay in the cache.
class Transformer {
  public:
    static constexpr Memory kMemory = Memory::host;
    static constexpr std::int64_t kSliceHops = 16; ///< whose frames stay in the second cache

    explicit Transformer(Design const& design)
        : design_(design), scratch_(design.regions.front().size) {
        for (auto const& region : design.regions) {
            regions_.emplace_back(region, design.rows);
        }
    }

    [[nodiscard]] float* reserve(std::int64_t values) {
        cpu::reserve(output_, values / kChannels);
        return output_.samples();
    }

    /// See spectrum::QueuedSpectrum.
    void transform(AudioView queue, std::int64_t first_hop, std::int64_t count, float* powers) {
        for (auto const& transform : regions_) {
            auto const& region = transform.region();
            std::span<Bins const> const lines{
                design_.bins.data() + region.first_line, static_cast<std::size_t>(region.lines)};
            for (std::int64_t i = 0; i < count; ++i) {
                auto const frame = (first_hop + i) * design_.hop_frames - queue.position;
                transform.transform(queue.samples + kChannels * frame, scratch_);
                for (std::int64_t row = 0; row < design_.rows; ++row) {
                    auto* const merged = powers + (i * design_.rows + row) * design_.line_count() +
                                         region.first_line;
                    auto const& bins = scratch_.powers[static_cast<std::size_t>(row)];
                    merge(lines, bins.data(), region.first_bin, merged);
                }
            }
        }
    }

  private:
    Design const& design_;
    std::vector<RegionTransform> regions_;
    Scratch scratch_;
    AudioBuffer output_;
};

} // namespace

std::unique_ptr<SpectrumStage> CpuBackend::make_spectrum(SpectrumSettings const& settings) {
    return std::make_unique<spectrum::QueuedSpectrum<InputQueue, Transformer>>(settings);
}

} // namespace stemlathe::cpu
