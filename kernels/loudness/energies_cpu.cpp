#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/cpu/simd.hpp"
#include "kernels/loudness/energies_math.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stemlathe::cpu {

namespace {

using loudness::Hops;
using loudness::KCoefficients;
using loudness::KState;
using loudness::KWeighting;

/// Hops are filtered side by side, both channels of each in neighbouring lanes. Two vectors are
/// enough independent recursions to hide the latency of one, and their state still fits the
/// registers.
constexpr int kVectors = 2;
constexpr int kHopsPerVector = Doubles::kLanes / kChannels;
constexpr int kHopsAtOnce = kVectors * kHopsPerVector;

KCoefficients<Doubles> spread(KWeighting const& k) {
    return {
        .b0 = Doubles::all(k.b0),
        .b1 = Doubles::all(k.b1),
        .b2 = Doubles::all(k.b2),
        .minus_a1 = Doubles::all(-k.a1),
        .minus_a2 = Doubles::all(-k.a2),
        .minus_c1 = Doubles::all(-k.c1),
        .minus_c2 = Doubles::all(-k.c2),
        .minus_two = Doubles::all(-2.0)};
}

/// One hop in memory: its first frame, and how many frames it has.
struct Stretch {
    float const* samples = nullptr;
    std::int64_t frames = 0;
};

using Stretches = std::array<Stretch, kHopsAtOnce>;

/// K-weighted energies of kHopsAtOnce hops, both channels added, before KWeighting::power.
class KBank {
  public:
    KBank(Hops const& hops, KWeighting const& weighting)
        : warm_up_frames_(hops.warm_up_frames()),
          shortest_frames_(hops.shortest_frames()),
          coefficients_(spread(weighting)) {}

    /// @param hops  each with warm_up_frames readable before it
    [[nodiscard]] std::array<double, kHopsAtOnce> energies(Stretches const& hops) const {
        Rows rows{};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i] = hops[i].samples - warm_up_frames_ * kChannels;
        }
        States states{};
        Sums sums{};
        advance(rows, 0, warm_up_frames_, states, sums);
        sums = {};
        advance(rows, warm_up_frames_, shortest_frames_, states, sums);
        alignas(64) std::array<double, kHopsAtOnce * kChannels> lanes{};
        for (std::size_t v = 0; v < kVectors; ++v) {
            sums[v].store(lanes.data() + v * Doubles::kLanes);
        }
        add_last_frames(hops, states, lanes);
        std::array<double, kHopsAtOnce> out{};
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = lanes[2 * i] + lanes[2 * i + 1];
        }
        return out;
    }

  private:
    using Rows = std::array<float const*, kHopsAtOnce>;
    using States = std::array<KState<Doubles>, kVectors>;
    using Sums = std::array<Doubles, kVectors>;

    void advance(
        Rows const& rows, std::int64_t first, std::int64_t count, States& states, Sums& sums
    ) const {
        auto local = states; // copies stay in registers
        auto energy = sums;
        auto const coefficients = coefficients_;
        for (std::int64_t n = first; n < first + count; ++n) {
            for (std::size_t v = 0; v < kVectors; ++v) {
                auto const x = widen_pairs(rows.data() + v * kHopsPerVector, n * kChannels);
                auto const y = loudness::k_weight(x, local[v], coefficients);
                energy[v] = fma(y, y, energy[v]);
            }
        }
        states = local;
        sums = energy;
    }

    /// The one frame that some hops have more than the shortest.
    void add_last_frames(
        Stretches const& hops, States& states, std::array<double, kHopsAtOnce * kChannels>& lanes
    ) const {
        if (std::ranges::none_of(hops, [&](Stretch const& hop) {
                return hop.frames > shortest_frames_;
            })) {
            return;
        }
        alignas(64) std::array<double, kHopsAtOnce * kChannels> last{};
        for (std::size_t v = 0; v < kVectors; ++v) {
            std::array<float const*, kHopsPerVector> rows{};
            for (std::size_t i = 0; i < rows.size(); ++i) {
                auto const& hop = hops[v * kHopsPerVector + i];
                rows[i] = hop.samples + (hop.frames - 1) * kChannels;
            }
            auto const x = widen_pairs(rows.data(), 0);
            auto const y = loudness::k_weight(x, states[v], coefficients_);
            (y * y).store(last.data() + v * Doubles::kLanes);
        }
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            lanes[i] += hops[i / 2].frames > shortest_frames_ ? last[i] : 0.0;
        }
    }

    std::int64_t warm_up_frames_;
    std::int64_t shortest_frames_;
    KCoefficients<Doubles> coefficients_;
};

/// Unweighted figures of one hop, as sums.
struct FlatSums {
    double left = 0.0;
    double right = 0.0;
    double product = 0.0;
    float peak = 0.0F;
};

float peak_of(Stretch const& hop) {
    constexpr int kStep = Floats::kLanes;
    auto const values = hop.frames * kChannels;
    Floats highest;
    std::int64_t i = 0;
    for (; i + kStep <= values; i += kStep) {
        highest = max(highest, abs(Floats::load(hop.samples + i)));
    }
    alignas(64) std::array<float, kStep> lanes{};
    highest.store(lanes.data());
    float peak = *std::ranges::max_element(lanes);
    for (; i < values; ++i) {
        peak = std::max(peak, std::abs(hop.samples[i]));
    }
    return peak;
}

FlatSums flat_sums(Stretch const& hop) {
    constexpr int kStep = Doubles::kLanes;
    auto const values = hop.frames * kChannels;
    Doubles squares;
    Doubles products;
    std::int64_t i = 0;
    for (; i + kStep <= values; i += kStep) {
        auto const x = widen_floats(hop.samples + i);
        squares = fma(x, x, squares);
        products = fma(x, swap_pairs(x), products);
    }
    alignas(64) std::array<double, kStep> square{};
    alignas(64) std::array<double, kStep> product{};
    squares.store(square.data());
    products.store(product.data());
    FlatSums sums;
    for (std::size_t k = 0; k < kStep; k += 2) {
        sums.left += square[k];
        sums.right += square[k + 1];
        sums.product += product[k];
    }
    for (; i < values; i += kChannels) {
        double const left = hop.samples[i];
        double const right = hop.samples[i + 1];
        sums.left += left * left;
        sums.right += right * right;
        sums.product += left * right;
    }
    sums.peak = peak_of(hop);
    return sums;
}

class CpuEnergyMeter final : public EnergyMeter {
  public:
    explicit CpuEnergyMeter(EnergySettings const& settings)
        : settings_(settings),
          hops_{.rate_hz = settings.rate_hz, .hop_ms = settings.hop_ms},
          weighting_(loudness::k_weighting(settings.rate_hz)),
          bank_(hops_, weighting_),
          queue_(hops_.warm_up_frames()) {
        track_.hop_ms = settings.hop_ms;
    }

    void process(AudioView input) override {
        for (std::int64_t at = 0; at < input.frames; at += kSliceFrames) {
            queue_.push(input.slice(at, std::min(kSliceFrames, input.frames - at)));
            measure(kHopsAtOnce);
        }
    }

    EnergyTrack finish() override {
        measure(1);
        auto const pending = queue_.pending();
        auto const used = hops_.start(next_hop_) - pending.position;
        if (pending.frames > used) {
            track_.peak.push_back(peak_of(
                {.samples = pending.samples + used * kChannels, .frames = pending.frames - used}
            ));
        }
        return std::move(track_);
    }

  private:
    /// What is queued before hops are looked for: small enough to stay in the second cache.
    static constexpr std::int64_t kSliceFrames = 16'384;

    /// Measures as long as at least `fewest` hops are complete.
    void measure(std::int64_t fewest) {
        for (;;) {
            auto const end = queue_.pending().position + queue_.frames();
            std::int64_t count = 0;
            while (count < kHopsAtOnce && hops_.start(next_hop_ + count + 1) <= end) {
                ++count;
            }
            if (count < fewest) {
                return;
            }
            measure_hops(count);
        }
    }

    void measure_hops(std::int64_t count) {
        auto const pending = queue_.pending();
        Stretches stretches{};
        for (std::int64_t i = 0; i < kHopsAtOnce; ++i) {
            auto const hop = next_hop_ + std::min(i, count - 1); // spare lanes repeat the last hop
            auto const first = hops_.start(hop);
            stretches[static_cast<std::size_t>(i)] = {
                .samples = pending.samples + (first - pending.position) * kChannels,
                .frames = hops_.start(hop + 1) - first};
        }
        for (std::int64_t i = 0; i < count; ++i) {
            add_flat(stretches[static_cast<std::size_t>(i)]);
        }
        if (settings_.weighting == Weighting::k) {
            auto const energies = bank_.energies(stretches);
            for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
                track_.mean_square.push_back(
                    energies[i] * weighting_.power / static_cast<double>(stretches[i].frames)
                );
            }
        }
        next_hop_ += count;
        queue_.pop(hops_.start(next_hop_) - hops_.warm_up_frames() - pending.position);
    }

    void add_flat(Stretch const& hop) {
        bool const is_flat = settings_.weighting == Weighting::flat;
        if (!is_flat && !settings_.per_channel) {
            track_.peak.push_back(peak_of(hop));
            return;
        }
        auto const sums = flat_sums(hop);
        auto const frames = static_cast<double>(hop.frames);
        track_.peak.push_back(sums.peak);
        if (is_flat) {
            track_.mean_square.push_back((sums.left + sums.right) / frames);
        }
        if (settings_.per_channel) {
            track_.left.push_back(sums.left / frames);
            track_.right.push_back(sums.right / frames);
            track_.product.push_back(sums.product / frames);
        }
    }

    EnergySettings settings_;
    Hops hops_;
    KWeighting weighting_;
    KBank bank_;
    InputQueue queue_;
    std::int64_t next_hop_ = 0;
    EnergyTrack track_;
};

} // namespace

std::unique_ptr<EnergyMeter> CpuBackend::make_energy_meter(EnergySettings const& settings) {
    loudness::check(settings);
    return std::make_unique<CpuEnergyMeter>(settings);
}

} // namespace stemlathe::cpu
