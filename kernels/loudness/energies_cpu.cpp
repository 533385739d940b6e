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

/// Groups of hops are filtered side by side, both channels of each in neighbouring lanes. Two
/// vectors are enough independent recursions to hide the latency of one, and their state still fits
/// the registers.
constexpr int kVectors = 2;
constexpr int kGroupsPerVector = Doubles::kLanes / kChannels;
constexpr int kGroupsAtOnce = kVectors * kGroupsPerVector;

/// Hops that follow one warm-up. Group g begins with hop g * kGroupHops, however the song arrives.
/// Where hops differ in length by a frame, each has a warm-up of its own. (So has each on a card,
/// which has the threads; what the filter remembers from before is under 1e-12 of a hop's energy.)
constexpr std::int64_t kGroupHops = 4;

std::int64_t group_hops(Hops const& hops) {
    return hops.rate_hz * hops.hop_ms % 1000 == 0 ? kGroupHops : 1;
}

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

/// The same hop of each group.
using Stretches = std::array<Stretch, kGroupsAtOnce>;

/// Runs over kGroupsAtOnce groups of hops.
class KBank {
  public:
    KBank(Hops const& hops, KWeighting const& weighting)
        : warm_up_frames_(hops.warm_up_frames()),
          shortest_frames_(hops.shortest_frames()),
          coefficients_(spread(weighting)) {}

    /// Begins with the groups' first hops, each with warm_up_frames readable before it.
    void warm_up(Stretches const& hops) {
        states_ = {};
        Sums sums{};
        advance(rows_of(hops, -warm_up_frames_), warm_up_frames_, sums);
    }

    /// K-weighted energies of the groups' next hops, both channels added, before KWeighting::power.
    [[nodiscard]] std::array<double, kGroupsAtOnce> energies(Stretches const& hops) {
        Sums sums{};
        advance(rows_of(hops, 0), shortest_frames_, sums);
        alignas(64) std::array<double, kGroupsAtOnce * kChannels> lanes{};
        for (std::size_t v = 0; v < kVectors; ++v) {
            sums[v].store(lanes.data() + v * Doubles::kLanes);
        }
        add_last_frames(hops, lanes);
        std::array<double, kGroupsAtOnce> out{};
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = lanes[2 * i] + lanes[2 * i + 1];
        }
        return out;
    }

  private:
    using Rows = std::array<float const*, kGroupsAtOnce>;
    using States = std::array<KState<Doubles>, kVectors>;
    using Sums = std::array<Doubles, kVectors>;

    static Rows rows_of(Stretches const& hops, std::int64_t offset_frames) {
        Rows rows{};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i] = hops[i].samples + offset_frames * kChannels;
        }
        return rows;
    }

    void advance(Rows const& rows, std::int64_t frames, Sums& sums) {
        auto local = states_; // copies stay in registers
        auto energy = sums;
        auto const coefficients = coefficients_;
        for (std::int64_t n = 0; n < frames; ++n) {
            for (std::size_t v = 0; v < kVectors; ++v) {
                auto const x = widen_pairs(rows.data() + v * kGroupsPerVector, n * kChannels);
                auto const y = loudness::k_weight(x, local[v], coefficients);
                energy[v] = fma(y, y, energy[v]);
            }
        }
        states_ = local;
        sums = energy;
    }

    /// The one frame that some hops have more than the shortest. Groups end with it, see
    /// group_hops.
    void
    add_last_frames(Stretches const& hops, std::array<double, kGroupsAtOnce * kChannels>& lanes) {
        if (std::ranges::none_of(hops, [&](Stretch const& hop) {
                return hop.frames > shortest_frames_;
            })) {
            return;
        }
        alignas(64) std::array<double, kGroupsAtOnce * kChannels> last{};
        for (std::size_t v = 0; v < kVectors; ++v) {
            std::array<float const*, kGroupsPerVector> rows{};
            for (std::size_t i = 0; i < rows.size(); ++i) {
                auto const& hop = hops[v * kGroupsPerVector + i];
                rows[i] = hop.samples + (hop.frames - 1) * kChannels;
            }
            auto const x = widen_pairs(rows.data(), 0);
            auto const y = loudness::k_weight(x, states_[v], coefficients_);
            (y * y).store(last.data() + v * Doubles::kLanes);
        }
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            lanes[i] += hops[i / 2].frames > shortest_frames_ ? last[i] : 0.0;
        }
    }

    std::int64_t warm_up_frames_;
    std::int64_t shortest_frames_;
    KCoefficients<Doubles> coefficients_;
    States states_{};
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
          group_hops_(group_hops(hops_)),
          weighting_(loudness::k_weighting(settings.rate_hz)),
          bank_(hops_, weighting_),
          queue_(hops_.warm_up_frames()) {
        track_.hop_ms = settings.hop_ms;
    }

    void process(AudioView input) override {
        for (std::int64_t at = 0; at < input.frames; at += kSliceFrames) {
            queue_.push(input.slice(at, std::min(kSliceFrames, input.frames - at)));
            measure(kGroupsAtOnce);
        }
    }

    EnergyTrack finish() override {
        measure(1);
        if (auto const rest = complete_hops(); rest > 0) {
            measure_groups(1, rest);
        }
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
    /// What is queued before hops are looked for.
    static constexpr std::int64_t kSliceFrames = 16'384;

    [[nodiscard]] std::int64_t complete_hops() const {
        auto const end = queue_.pending().position + queue_.frames();
        std::int64_t count = 0;
        while (hops_.start(next_hop_ + count + 1) <= end) {
            ++count;
        }
        return count;
    }

    /// Measures as long as at least `fewest` groups are complete.
    void measure(std::int64_t fewest) {
        for (auto groups = complete_hops() / group_hops_; groups >= fewest;) {
            auto const count = std::min<std::int64_t>(groups, kGroupsAtOnce);
            measure_groups(count, group_hops_);
            groups -= count;
        }
    }

    [[nodiscard]] Stretch stretch(std::int64_t hop) const {
        auto const pending = queue_.pending();
        auto const first = hops_.start(hop);
        return {
            .samples = pending.samples + (first - pending.position) * kChannels,
            .frames = hops_.start(hop + 1) - first};
    }

    /// Hop `hop` of the next groups; spare lanes repeat the last group.
    [[nodiscard]] Stretches stretches(std::int64_t hop, std::int64_t groups) const {
        Stretches out{};
        for (std::int64_t i = 0; i < kGroupsAtOnce; ++i) {
            auto const group = std::min(i, groups - 1);
            out[static_cast<std::size_t>(i)] = stretch(next_hop_ + group * group_hops_ + hop);
        }
        return out;
    }

    /// Measures the next `groups`, of `hops` each.
    void measure_groups(std::int64_t groups, std::int64_t hops) {
        if (settings_.weighting == Weighting::k) {
            weigh(groups, hops);
        }
        for (std::int64_t hop = 0; hop < groups * hops; ++hop) {
            add_flat(stretch(next_hop_ + hop));
        }
        next_hop_ += groups * hops;
        auto const kept = hops_.start(next_hop_) - hops_.warm_up_frames();
        queue_.pop(kept - queue_.pending().position);
    }

    void weigh(std::int64_t groups, std::int64_t hops) {
        auto const first = track_.mean_square.size();
        track_.mean_square.resize(first + static_cast<std::size_t>(groups * hops));
        bank_.warm_up(stretches(0, groups));
        for (std::int64_t hop = 0; hop < hops; ++hop) {
            auto const lanes = stretches(hop, groups);
            auto const energies = bank_.energies(lanes);
            for (std::size_t i = 0; i < static_cast<std::size_t>(groups); ++i) {
                track_.mean_square
                    [first + i * static_cast<std::size_t>(hops) + static_cast<std::size_t>(hop)] =
                    energies[i] * weighting_.power / static_cast<double>(lanes[i].frames);
            }
        }
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
    std::int64_t group_hops_;
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
