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
using true_peak::kHistoryFrames;
using true_peak::kPhases;
using true_peak::kScreenStep;
using true_peak::kTaps;

constexpr std::int64_t kBlockValues = kScreenBlockFrames * kChannels;

/// Vectors that are worked on together, and phases: 12 sums keep both FMA units busy.
constexpr int kVectors = 4;
constexpr int kPhasesAtOnce = kScreenStep - 1;
constexpr std::int64_t kStepValues = kVectors * Floats::kLanes;
static_assert(kBlockValues % kStepValues == 0);

using Phases = std::array<float const*, kPhasesAtOnce>;
using Sums = std::array<std::array<Floats, kVectors>, kPhasesAtOnce>;

/// Largest of `highest` and |value| at three phases, for kStepValues neighbouring values.
/// @param oldest  kFramesBefore frames before the first value
void raise(float const* oldest, Phases const& phases, std::array<Floats, kVectors>& highest) {
    Sums sums{};
    for (int k = 0; k < kTaps; ++k) {
        std::array<Floats, kVectors> x{};
        for (std::size_t v = 0; v < kVectors; ++v) {
            auto const lane = static_cast<std::int64_t>(v) * Floats::kLanes;
            x[v] = Floats::load(oldest + k * kChannels + lane);
        }
        for (std::size_t p = 0; p < kPhasesAtOnce; ++p) {
            auto const tap = Floats::all(phases[p][k]);
            for (std::size_t v = 0; v < kVectors; ++v) {
                sums[p][v] = fma(tap, x[v], sums[p][v]);
            }
        }
    }
    for (std::size_t p = 0; p < kPhasesAtOnce; ++p) {
        for (std::size_t v = 0; v < kVectors; ++v) {
            highest[v] = max(highest[v], abs(sums[p][v]));
        }
    }
}

std::array<Floats, kVectors> magnitudes(float const* values) {
    std::array<Floats, kVectors> out{};
    for (std::size_t v = 0; v < kVectors; ++v) {
        out[v] = abs(Floats::load(values + static_cast<std::int64_t>(v) * Floats::kLanes));
    }
    return out;
}

/// Largest |value| of a block on the 4x grid.
float screen_block(float const* block) {
    auto const& taps = true_peak::taps();
    Phases const phases{taps.of[kScreenStep], taps.of[2 * kScreenStep], taps.of[3 * kScreenStep]};
    Floats highest;
    for (std::int64_t i = 0; i < kBlockValues; i += kStepValues) {
        auto step = magnitudes(block + i);
        raise(block + i - kFramesBefore * kChannels, phases, step);
        for (auto const& vector : step) {
            highest = max(highest, vector);
        }
    }
    alignas(64) std::array<float, Floats::kLanes> lanes{};
    highest.store(lanes.data());
    return *std::ranges::max_element(lanes);
}

/// Largest |value| of each sample's 16 points.
std::array<float, kBlockValues> envelope_of(float const* block) {
    auto const& taps = true_peak::taps();
    alignas(64) std::array<float, kBlockValues> out{};
    for (std::int64_t i = 0; i < kBlockValues; i += kStepValues) {
        auto step = magnitudes(block + i);
        for (int phase = 1; phase < kPhases; phase += kPhasesAtOnce) {
            Phases const phases{taps.of[phase], taps.of[phase + 1], taps.of[phase + 2]};
            raise(block + i - kFramesBefore * kChannels, phases, step);
        }
        for (std::size_t v = 0; v < kVectors; ++v) {
            step[v].store(out.data() + i + static_cast<std::int64_t>(v) * Floats::kLanes);
        }
    }
    return out;
}

static_assert((kPhases - 1) % kPhasesAtOnce == 0);

/// Screens block after block; reads one at 16x as soon as its neighbours are screened, if it may
/// hold a new highest value.
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

    /// @param block  the next block, with the one before it in front
    void screen(float const* block) {
        float const now = screen_block(block);
        // Every 4x point is a 16x point too, so the highest is never under the screen.
        float const bound = std::max({before_last_, last_, now}) * margin_;
        if (bound > peak_) {
            read(block - kBlockValues, (next_block_ - 1) * kScreenBlockFrames);
        }
        before_last_ = last_;
        last_ = now;
        if (keep_screen_) {
            reading_.screen.push_back(now);
        }
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
    float margin_ = true_peak::screen_margin();
    std::int64_t frames_in_ = 0;
    std::int64_t next_block_ = -1; ///< to be screened
    float before_last_ = 0.0F;     ///< screens of the two blocks before it
    float last_ = 0.0F;
    float peak_ = 0.0F;
    TruePeakReading reading_;
};

} // namespace

std::unique_ptr<TruePeakMeter> CpuBackend::make_true_peak_meter(TruePeakSettings const& settings) {
    true_peak::check(settings);
    return std::make_unique<CpuTruePeakMeter>(settings.keep_screen);
}

} // namespace stemlathe::cpu
