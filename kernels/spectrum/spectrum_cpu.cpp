#include "kernels/base/assert.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/fft.hpp"
#include "kernels/cpu/half_band.hpp"
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

/// How often a rate is halved at most, for which Design::reach_frames has room.
constexpr int kHalvings_max = 3;

/// How often the rate may be halved before a region's windows are transformed: they then have so
/// many frames less for the same bins. A window spreads what it is given over 77 bins to either
/// side before that is 120 dB down (Hann: 31 dB at 2.5 bins, 18 dB an octave on; Harris, Proc. IEEE
/// 66(1), 1978, table 1), so up to there nothing may be missing or folded.
int halvings_for(Region const& region) {
    constexpr std::int64_t kSmallest_frames = 512; // that Fft transforms
    constexpr std::int64_t kSpread_bins = 77;
    auto const bins = static_cast<double>(region.first_bin + region.bins + kSpread_bins);
    int halvings = 0;
    auto const may_be_halved = [&](std::int64_t size) {
        return size / 2 >= kSmallest_frames && bins / static_cast<double>(size) <= HalfBand::kPass;
    };
    while (halvings < kHalvings_max && may_be_halved(region.size >> halvings)) {
        ++halvings;
    }
    return halvings;
}

/// The region as its windows are at the halved rate.
Region halved(Region region, int halvings) {
    region.size >>= halvings;
    return region;
}

/// Some stretch of the song, at a rate that was halved some times.
struct Stretch {
    float const* frames = nullptr;
    std::int64_t position = 0; ///< of the first, counted at that rate

    [[nodiscard]] float const* at(std::int64_t frame) const noexcept {
        return frames + kChannels * (frame - position);
    }
};

/// Transforms slice after slice, region by region, so that a region's tables stay in the cache, and
/// that what leads in finds the lines it is added to. Low regions are transformed at rates as low
/// as they bear: a fourth of the work.
class Transformer {
  public:
    static constexpr Memory kMemory = Memory::host;
    static constexpr std::int64_t kSliceHops = 16; ///< whose frames stay in the second cache

    explicit Transformer(Design const& design)
        : design_(design), scratch_(design.regions.front().size) {
        for (auto const& region : design.regions) {
            auto const halvings = static_cast<std::size_t>(halvings_for(region));
            halvings_.push_back(halvings);
            regions_.emplace_back(halved(region, halvings_for(region)), design);
            reaches_.resize(std::max(reaches_.size(), halvings + 1), 0);
            auto& reach = reaches_[halvings];
            reach = std::max(reach, region.size >> (halvings + 1));
        }
        for (auto level = reaches_.size() - 1; level > 0; --level) {
            auto const above = 2 * reaches_[level] + HalfBand::kReach_frames;
            reaches_[level - 1] = std::max(reaches_[level - 1], above);
        }
        STEMLATHE_ASSERT(reaches_.front() <= design.reach_frames);
        for (std::size_t level = 1; level < reaches_.size(); ++level) {
            auto const floats = kChannels * frames_of(level, kSliceHops) + HalfBand::kSpare_floats;
            levels_.emplace_back(floats);
            odd_frames_.emplace_back(floats + kChannels * HalfBand::kReach_frames);
        }
    }

    [[nodiscard]] float* reserve(std::int64_t values) {
        cpu::reserve(output_, values / kChannels);
        return output_.samples();
    }

    /// See spectrum::QueuedSpectrum.
    void transform(AudioView queue, std::int64_t first_hop, std::int64_t count, float* powers) {
        for (std::int64_t done = 0; done < count; done += kSliceHops) {
            auto const hops = std::min(kSliceHops, count - done);
            auto* const of_slice = powers + done * design_.rows * design_.line_count();
            transform_slice(queue, first_hop + done, hops, of_slice);
        }
    }

  private:
    /// Frames from one hop to the next.
    [[nodiscard]] std::int64_t hop_frames(std::size_t level) const noexcept {
        return design_.hop_frames >> level;
    }

    /// Frames around some hops that somebody looks at.
    [[nodiscard]] std::int64_t frames_of(std::size_t level, std::int64_t hops) const noexcept {
        return (hops - 1) * hop_frames(level) + 2 * reaches_[level] + 1;
    }

    void
    transform_slice(AudioView queue, std::int64_t first_hop, std::int64_t hops, float* powers) {
        std::array<Stretch, kHalvings_max + 1> stretches{{{queue.samples, queue.position}}};
        for (std::size_t level = 1; level < reaches_.size(); ++level) {
            auto const from = first_hop * hop_frames(level) - reaches_[level];
            half_band_.halve(
                stretches[level - 1].at(2 * from),
                frames_of(level, hops),
                odd_frames_[level - 1].data(),
                levels_[level - 1].data()
            );
            stretches[level] = {levels_[level - 1].data(), from};
        }
        for (std::size_t r = 0; r < regions_.size(); ++r) {
            auto const level = halvings_[r];
            for (std::int64_t i = 0; i < hops; ++i) {
                auto const* const frame = stretches[level].at((first_hop + i) * hop_frames(level));
                auto* const of_hop = powers + i * design_.rows * design_.line_count();
                regions_[r].transform(frame, scratch_, of_hop);
            }
        }
    }

    Design const& design_;
    std::vector<RegionTransform> regions_;
    std::vector<std::size_t> halvings_; ///< of each
    std::vector<std::int64_t> reaches_; ///< of each level: frames before a hop's own and after it
    HalfBand half_band_;
    std::vector<AlignedFloats> levels_{}; ///< from the first halving on
    std::vector<AlignedFloats> odd_frames_{};
    Scratch scratch_;
    AudioBuffer output_;
};

} // namespace

std::unique_ptr<SpectrumStage> CpuBackend::make_spectrum(SpectrumSettings const& settings) {
    return std::make_unique<spectrum::QueuedSpectrum<InputQueue, Transformer>>(settings);
}

} // namespace stemlathe::cpu
