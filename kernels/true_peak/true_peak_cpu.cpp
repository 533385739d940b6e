#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/cpu/simd.hpp"
#include "kernels/true_peak/true_peak_math.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stemlathe::cpu {

namespace {

using true_peak::kFramesAfter;
using true_peak::kFramesBefore;
using true_peak::kPhases;
using true_peak::kScreenStep;
using true_peak::kTaps;

constexpr std::int64_t kBlockValues = kScreenBlockFrames * kChannels;

/// Phases that are worked on together, and vectors for so many: 8 to 12 sums keep both FMA units
/// busy.
constexpr std::size_t kPhasesAtOnce = kScreenStep - 1;

template <std::size_t kCount>
constexpr std::size_t kVectorsFor = kCount == 1 ? 8 : 4;

template <std::size_t kCount>
using Phases = std::array<float const*, kCount>;

template <std::size_t kCount>
using Vectors = std::array<Floats, kVectorsFor<kCount>>;

/// Values of so many vectors.
template <std::size_t kCount>
constexpr std::int64_t kStepValues = std::int64_t{kVectorsFor<kCount>} * Floats::kLanes;

/// Largest of `highest` and |value| at some phases, for neighbouring values.
/// @param oldest  kFramesBefore frames before the first value
template <std::size_t kCount>
void raise(float const* oldest, Phases<kCount> const& phases, Vectors<kCount>& highest) {
    std::array<Vectors<kCount>, kCount> sums{};
    for (int k = 0; k < kTaps; ++k) {
        Vectors<kCount> x{};
        for (std::size_t v = 0; v < x.size(); ++v) {
            auto const lane = static_cast<std::int64_t>(v) * Floats::kLanes;
            x[v] = Floats::load(oldest + k * kChannels + lane);
        }
        for (std::size_t p = 0; p < kCount; ++p) {
            auto const tap = Floats::all(phases[p][k]);
            for (std::size_t v = 0; v < x.size(); ++v) {
                sums[p][v] = fma(tap, x[v], sums[p][v]);
            }
        }
    }
    for (std::size_t p = 0; p < kCount; ++p) {
        for (std::size_t v = 0; v < highest.size(); ++v) {
            highest[v] = max(highest[v], abs(sums[p][v]));
        }
    }
}

float highest_lane(Floats vector) {
    alignas(64) std::array<float, Floats::kLanes> lanes{};
    vector.store(lanes.data());
    return *std::ranges::max_element(lanes);
}

/// Largest |value| of a block at some phases.
template <std::size_t kCount>
float highest_of(float const* block, Phases<kCount> const& phases) {
    static_assert(kBlockValues % kStepValues<kCount> == 0);
    Vectors<kCount> highest{};
    for (std::int64_t i = 0; i < kBlockValues; i += kStepValues<kCount>) {
        raise<kCount>(block + i - kFramesBefore * kChannels, phases, highest);
    }
    Floats all;
    for (auto const& vector : highest) {
        all = max(all, vector);
    }
    return highest_lane(all);
}

/// Largest |sample| of a block.
float highest_sample(float const* block) {
    Floats all;
    for (std::int64_t i = 0; i < kBlockValues; i += Floats::kLanes) {
        all = max(all, abs(Floats::load(block + i)));
    }
    return highest_lane(all);
}

/// Largest |value| of each sample's 16 points.
std::array<float, kBlockValues> envelope_of(float const* block) {
    auto const& taps = true_peak::taps();
    alignas(64) std::array<float, kBlockValues> out{};
    for (std::int64_t i = 0; i < kBlockValues; i += kStepValues<kPhasesAtOnce>) {
        Vectors<kPhasesAtOnce> step{};
        for (std::size_t v = 0; v < step.size(); ++v) {
            step[v] = abs(Floats::load(block + i + static_cast<std::int64_t>(v) * Floats::kLanes));
        }
        for (std::size_t phase = 1; phase < kPhases; phase += kPhasesAtOnce) {
            Phases<kPhasesAtOnce> const phases{
                taps.of[phase], taps.of[phase + 1], taps.of[phase + 2]};
            raise<kPhasesAtOnce>(block + i - kFramesBefore * kChannels, phases, step);
        }
        for (std::size_t v = 0; v < step.size(); ++v) {
            step[v].store(out.data() + i + static_cast<std::int64_t>(v) * Floats::kLanes);
        }
    }
    return out;
}

static_assert((kPhases - 1) % kPhasesAtOnce == 0);

/// Grids of points, each a part of the next.
enum class Grid { frames, half, quarter };

/// Largest |value| of one block on a grid that becomes finer where that is asked for.
class BlockPeak {
  public:
    BlockPeak() = default;

    explicit BlockPeak(float const* block) : highest_(highest_sample(block)) {}

    /// @param block  the same block as ever
    float on(Grid grid, float const* block) {
        auto const& taps = true_peak::taps();
        if (grid == Grid::quarter && grid_ == Grid::frames) { // both steps at once take less time
            Phases<3> const phases{
                taps.of[kScreenStep], taps.of[2 * kScreenStep], taps.of[3 * kScreenStep]};
            highest_ = std::max(highest_, highest_of<3>(block, phases));
            grid_ = Grid::quarter;
        }
        if (grid == Grid::half && grid_ == Grid::frames) {
            highest_ = std::max(highest_, highest_of<1>(block, {taps.of[2 * kScreenStep]}));
            grid_ = Grid::half;
        }
        if (grid == Grid::quarter && grid_ == Grid::half) {
            Phases<2> const phases{taps.of[kScreenStep], taps.of[3 * kScreenStep]};
            highest_ = std::max(highest_, highest_of<2>(block, phases));
            grid_ = Grid::quarter;
        }
        return highest_;
    }

  private:
    float highest_ = 0.0F;
    Grid grid_ = Grid::frames;
};

/// Looks at block after block; reads one at 16x if, with its neighbours, ever finer grids say that
/// it may hold a new highest value.
class CpuTruePeakMeter final : public TruePeakMeter {
  public:
    explicit CpuTruePeakMeter(bool keep_screen)
        : queue_(kHistoryFrames + kScreenBlockFrames), keep_screen_(keep_screen) {}

    void process(AudioView input) override {
        frames_in_ += input.frames;
        for (std::int64_t at = 0; at < input.frames; at += kSliceFrames) {
            queue_.push(input.slice(at, std::min(kSliceFrames, input.frames - at)));
            measure();
        }
    }

    TruePeakReading finish() override {
        auto const end = true_peak::frames_to_the_end(frames_in_);
        queue_.push_zeros(end - (queue_.pending().position + queue_.frames()));
        measure();
        reading_.peak = static_cast<double>(peak_);
        return true_peak::fold_to_song(std::move(reading_), frames_in_);
    }

  private:
    /// One block more in front than is asked of every driver, for its grid may be refined late.
    static constexpr std::int64_t kHistoryFrames = true_peak::kHistoryFrames + kScreenBlockFrames;
    static constexpr std::int64_t kSliceFrames = 8'192;

    void measure() {
        auto const pending = queue_.pending();
        auto const end = pending.position + pending.frames;
        auto const first_block = next_block_;
        while ((next_block_ + 1) * kScreenBlockFrames + kFramesAfter <= end) {
            auto const first = next_block_ * kScreenBlockFrames - pending.position;
            screen(pending.samples + first * kChannels);
            ++next_block_;
        }
        queue_.pop((next_block_ - first_block) * kScreenBlockFrames);
    }

    /// @param block  the next block, with the two before it in front
    void screen(float const* block) {
        std::shift_left(blocks_.begin(), blocks_.end(), 1);
        blocks_.back() = BlockPeak{block};
        if (keep_screen_) {
            reading_.screen.push_back(blocks_.back().on(Grid::quarter, block));
        }
        if (may_exceed(block)) {
            read(block - kBlockValues, (next_block_ - 1) * kScreenBlockFrames);
        }
    }

    /// Whether the middle one of the three blocks may hold a new highest value.
    bool may_exceed(float const* last) {
        for (auto const grid : {Grid::frames, Grid::half, Grid::quarter}) {
            float near = 0.0F;
            for (std::size_t i = 0; i < blocks_.size(); ++i) {
                auto const before = static_cast<std::int64_t>(blocks_.size() - 1 - i);
                near = std::max(near, blocks_[i].on(grid, last - before * kBlockValues));
            }
            if (near * margins_[static_cast<std::size_t>(grid)] <= peak_) {
                return false;
            }
        }
        return true;
    }

    void read(float const* block, std::int64_t position) {
        auto const envelope = envelope_of(block);
        auto const highest = std::ranges::max_element(envelope);
        if (*highest > peak_) {
            peak_ = *highest;
            reading_.frame = position + (highest - envelope.begin()) / kChannels;
        }
    }

    InputQueue queue_;
    bool keep_screen_;
    std::array<float, 3> margins_{
        true_peak::margin_factor(true_peak::kFramesMargin_db),
        true_peak::margin_factor(true_peak::kHalfGridMargin_db),
        true_peak::screen_margin()};
    std::int64_t frames_in_ = 0;
    std::int64_t next_block_ = -1;      ///< to be screened
    std::array<BlockPeak, 3> blocks_{}; ///< the last three
    float peak_ = 0.0F;
    TruePeakReading reading_;
};

} // namespace

std::unique_ptr<TruePeakMeter> CpuBackend::make_true_peak_meter(TruePeakSettings const& settings) {
    true_peak::check(settings);
    return std::make_unique<CpuTruePeakMeter>(settings.keep_screen);
}

} // namespace stemlathe::cpu
