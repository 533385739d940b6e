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
using spectrum::Lead;
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

/// The sum of some bins; `powers` begins at bin `first_bin`.
float sum_of(Bins const& bins, float const* powers, std::int64_t first_bin) {
    auto const* const first = powers + (bins.first - first_bin);
    float sum = first[0];
    for (std::int32_t bin = 1; bin < bins.count; ++bin) {
        sum += first[bin];
    }
    return sum;
}

class RegionTransform {
  public:
    RegionTransform(Region const& region, Design const& design)
        : region_(region),
          design_(design),
          rows_(static_cast<std::size_t>(design.rows)),
          window_(interleaved_window(region)),
          fft_(region.size) {}

    /// Writes the region's lines of a hop and adds what leads in to the lines before them.
    /// @param frame  the hop's own, with all that its windows reach around it
    /// @param powers  [rows][lines]
    void transform(float const* frame, Scratch& scratch, float* powers) const {
        transform_bins(frame, scratch);
        std::span<Bins const> const lines{
            design_.bins.data() + region_.first_line, static_cast<std::size_t>(region_.lines)};
        std::span<Lead const> const leads{
            design_.leads.data() + region_.first_lead, static_cast<std::size_t>(region_.leads)};
        for (std::size_t row = 0; row < rows_; ++row, powers += design_.line_count()) {
            auto* const bins = scratch.powers[row].data();
            auto const* const fades = design_.fades.data() + region_.first_fade;
            for (std::int64_t i = 0; i < region_.bins; ++i) {
                bins[i] *= fades[i];
            }
            auto* own = powers + region_.first_line;
            for (auto const& line : lines) {
                *own++ = sum_of(line, bins, region_.first_bin);
            }
            for (auto const& lead : leads) {
                powers[lead.line] += sum_of(lead.bins, bins, region_.first_bin);
            }
        }
    }

  private:
    /// All rows of the region's bins, to `scratch`.
    void transform_bins(float const* frame, Scratch& scratch) const {
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
    Design const& design_;
    std::size_t rows_;
    AlignedFloats window_; ///< [2 size]
    Fft fft_;
};

/// Transforms hop after hop, region by region, so that a region's tables stay in the cache, and
/// that what leads in finds the lines it is added to.
class Transformer {
  public:
    static constexpr Memory kMemory = Memory::host;
    static constexpr std::int64_t kSliceHops = 16; ///< whose frames stay in the second cache

    explicit Transformer(Design const& design)
        : design_(design), scratch_(design.regions.front().size) {
        for (auto const& region : design.regions) {
            regions_.emplace_back(region, design);
        }
    }

    [[nodiscard]] float* reserve(std::int64_t values) {
        cpu::reserve(output_, values / kChannels);
        return output_.samples();
    }

    /// See spectrum::QueuedSpectrum.
    void transform(AudioView queue, std::int64_t first_hop, std::int64_t count, float* powers) {
        for (auto const& region : regions_) {
            for (std::int64_t i = 0; i < count; ++i) {
                auto const frame = (first_hop + i) * design_.hop_frames - queue.position;
                auto* const of_hop = powers + i * design_.rows * design_.line_count();
                region.transform(queue.samples + kChannels * frame, scratch_, of_hop);
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
