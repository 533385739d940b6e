#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/result_list.cuh"
#include "kernels/loudness/energies_math.hpp"

#include <utility>

namespace stemlathe::cuda {

namespace {

using loudness::Hops;
using loudness::KCoefficients;
using loudness::KState;
using loudness::KWeighting;

/// Sums over one hop.
struct HopSums {
    double weighted; ///< both channels, before KWeighting::power
    double left;
    double right;
    double product;
    float peak;
};

/// The frames of a queue: `samples` begins at frame `position` of the song.
struct Song {
    float const* samples;
    std::int64_t position;
    std::int64_t end;
};

/// Hops that one block filters, one warp for both channels of all of them; the other warps help to
/// load. A tile is as many frames as are loaded at a time.
constexpr int kBlockHops = 16;
constexpr int kTileFrames = 128;
constexpr int kFilterThreads = 128;
constexpr int kRowFloats = 2 * kTileFrames + 2; // so that 16 rows of pairs meet 32 different banks
static_assert(kBlockHops * kChannels == 32, "one lane per channel of a hop");

/// Loads frames [first, first + kTileFrames) of each hop's run, counted from its warm-up on. What
/// lies behind a run's end is not used, so it is not read either.
__device__ void load_tile(
    Song song,
    Hops hops,
    std::int64_t first_hop,
    std::int64_t hop_count,
    std::int64_t first,
    float (&tile)[kBlockHops][kRowFloats]
) {
    for (int i = static_cast<int>(threadIdx.x); i < kBlockHops * kTileFrames; i += kFilterThreads) {
        int const row = i / kTileFrames;
        int const column = i % kTileFrames;
        if (row < hop_count) {
            auto const begin = hops.start(first_hop + row) - hops.warm_up_frames();
            auto const frame = begin + first + column;
            if (frame < hops.start(first_hop + row + 1)) {
                auto const* const from = song.samples + (frame - song.position) * kChannels;
                tile[row][2 * column] = from[0];
                tile[row][2 * column + 1] = from[1];
            }
        }
    }
}

/// K-weighted energies: lane 2h + c of the first warp runs the filters over channel c of hop h.
__global__ void weigh_kernel(
    Song song,
    Hops hops,
    KCoefficients<double> coefficients,
    std::int64_t first_hop,
    std::int64_t count,
    HopSums* sums
) {
    __shared__ float tile[kBlockHops][kRowFloats];
    int const lane = static_cast<int>(threadIdx.x);
    int const row = lane / kChannels;
    for (std::int64_t group = blockIdx.x; group * kBlockHops < count; group += gridDim.x) {
        auto const hop = first_hop + group * kBlockHops;
        auto const left = count - group * kBlockHops;
        auto const hop_count = left < kBlockHops ? left : kBlockHops;
        auto const warm_up = hops.warm_up_frames();
        auto const longest = warm_up + hops.shortest_frames() + 1;
        bool const filters = lane < kBlockHops * kChannels && row < hop_count;
        auto const own = filters ? warm_up + hops.start(hop + row + 1) - hops.start(hop + row) : 0;
        KState<double> state{};
        double energy = 0.0;
        for (std::int64_t first = 0; first < longest; first += kTileFrames) {
            __syncthreads(); // nobody still uses the tile before
            load_tile(song, hops, hop, hop_count, first, tile);
            __syncthreads();
            auto const end = own - first < kTileFrames ? own - first : kTileFrames;
            for (std::int64_t n = 0; n < end; ++n) {
                double const x = tile[row][2 * n + lane % kChannels];
                double const y = loudness::k_weight(x, state, coefficients);
                energy = first + n < warm_up ? 0.0 : fma(y, y, energy);
            }
        }
        if (lane < kBlockHops * kChannels) {
            double const other = __shfl_xor_sync(0xFFFFFFFFU, energy, 1);
            if (filters && lane % kChannels == 0) {
                sums[group * kBlockHops + row].weighted = energy + other;
            }
        }
    }
}

/// Unweighted sums of one hop per block, the last as far as the song goes; the tree of partial sums
/// is the same for every launch.
__global__ void
flat_kernel(Song song, Hops hops, std::int64_t first_hop, std::int64_t count, HopSums* sums) {
    __shared__ double left[kBlockThreads];
    __shared__ double right[kBlockThreads];
    __shared__ double product[kBlockThreads];
    __shared__ float peak[kBlockThreads];
    int const own = static_cast<int>(threadIdx.x);
    for (std::int64_t i = blockIdx.x; i < count; i += gridDim.x) {
        auto const begin = hops.start(first_hop + i);
        auto const next = hops.start(first_hop + i + 1);
        auto const end = next < song.end ? next : song.end;
        left[own] = 0.0;
        right[own] = 0.0;
        product[own] = 0.0;
        peak[own] = 0.0F;
        for (auto frame = begin + own; frame < end; frame += kBlockThreads) {
            auto const* const from = song.samples + (frame - song.position) * kChannels;
            double const l = from[0];
            double const r = from[1];
            left[own] = fma(l, l, left[own]);
            right[own] = fma(r, r, right[own]);
            product[own] = fma(l, r, product[own]);
            peak[own] = fmaxf(peak[own], fmaxf(fabsf(from[0]), fabsf(from[1])));
        }
        __syncthreads();
        for (int half = kBlockThreads / 2; half > 0; half /= 2) {
            if (own < half) {
                left[own] += left[own + half];
                right[own] += right[own + half];
                product[own] += product[own + half];
                peak[own] = fmaxf(peak[own], peak[own + half]);
            }
            __syncthreads();
        }
        if (own == 0) {
            sums[i].left = left[0];
            sums[i].right = right[0];
            sums[i].product = product[0];
            sums[i].peak = peak[0];
        }
        __syncthreads();
    }
}

KCoefficients<double> coefficients_of(KWeighting const& k) {
    return {
        .b0 = k.b0,
        .b1 = k.b1,
        .b2 = k.b2,
        .minus_a1 = -k.a1,
        .minus_a2 = -k.a2,
        .minus_c1 = -k.c1,
        .minus_c2 = -k.c2,
        .minus_two = -2.0};
}

class CudaEnergyMeter final : public EnergyMeter {
  public:
    explicit CudaEnergyMeter(EnergySettings const& settings)
        : settings_(settings),
          hops_{.rate_hz = settings.rate_hz, .hop_ms = settings.hop_ms},
          weighting_(loudness::k_weighting(settings.rate_hz)),
          queue_(hops_.warm_up_frames()) {}

    void process(AudioView input) override {
        queue_.push(input);
        std::int64_t count = 0;
        while (hops_.start(next_hop_ + count + 1) <= song().end) {
            ++count;
        }
        measure(count);
    }

    EnergyTrack finish() override {
        auto const end = song().end;
        if (hops_.start(next_hop_) < end) {
            sums_.reserve(1);
            fill_zero(sums_.data(), 1);
            launch_blocks(flat_kernel, 1, kBlockThreads, song(), hops_, next_hop_, 1, sums_.data());
            results_.append(sums_.data(), 1);
        }
        EnergyTrack track{.hop_ms = settings_.hop_ms};
        std::int64_t hop = 0;
        for (auto const& sums : results_.download()) {
            track.peak.push_back(sums.peak);
            if (hops_.start(hop + 1) > end) {
                break; // an incomplete last hop
            }
            auto const frames = static_cast<double>(hops_.start(hop + 1) - hops_.start(hop));
            bool const is_flat = settings_.weighting == Weighting::flat;
            double const energy =
                is_flat ? sums.left + sums.right : sums.weighted * weighting_.power;
            track.mean_square.push_back(energy / frames);
            if (settings_.per_channel) {
                track.left.push_back(sums.left / frames);
                track.right.push_back(sums.right / frames);
                track.product.push_back(sums.product / frames);
            }
            ++hop;
        }
        return track;
    }

  private:
    [[nodiscard]] Song song() const {
        auto const pending = queue_.pending();
        return {
            .samples = pending.samples,
            .position = pending.position,
            .end = pending.position + pending.frames};
    }

    void measure(std::int64_t count) {
        if (count == 0) {
            return;
        }
        sums_.reserve(count);
        fill_zero(sums_.data(), count);
        if (settings_.weighting == Weighting::k) {
            launch_blocks(
                weigh_kernel,
                (count + kBlockHops - 1) / kBlockHops,
                kFilterThreads,
                song(),
                hops_,
                coefficients_of(weighting_),
                next_hop_,
                count,
                sums_.data()
            );
        }
        launch_blocks(
            flat_kernel, count, kBlockThreads, song(), hops_, next_hop_, count, sums_.data()
        );
        results_.append(sums_.data(), count);
        next_hop_ += count;
        queue_.pop(hops_.start(next_hop_) - hops_.warm_up_frames() - song().position);
    }

    EnergySettings settings_;
    Hops hops_;
    KWeighting weighting_;
    DeviceQueue queue_;
    DeviceBuffer<HopSums> sums_;
    ResultList<HopSums> results_;
    std::int64_t next_hop_ = 0;
};

} // namespace

std::unique_ptr<EnergyMeter> CudaBackend::make_energy_meter(EnergySettings const& settings) {
    loudness::check(settings);
    return std::make_unique<CudaEnergyMeter>(settings);
}

} // namespace stemlathe::cuda
