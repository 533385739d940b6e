#include "kernels/base/assert.hpp"
#include "kernels/base/units.hpp"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/lanes.cuh"
#include "kernels/cuda/trace.cuh"
#include "kernels/limiter/limiter_math.hpp"
#include "kernels/limiter/limiter_queues.hpp"

#include <algorithm>

namespace stemlathe::cuda {

namespace {

using limiter::kControlFrames;
using limiter::kControls;
using limiter::kFramesBefore;
using true_peak::Taps;

/// What the search needs to know; copied to each launch.
struct Search {
    Taps const* taps = nullptr;
    float const* screen = nullptr; ///< [blocks], nullptr: nothing is known
    std::int64_t blocks = 0;
    float level = 0.0F;
    float target = 0.0F;
};

__device__ float larger_magnitude(float most, float value) {
    float const magnitude = fabsf(value);
    return magnitude > most ? magnitude : most;
}

/// Largest magnitude of one phase over a group's frames.
__device__ float highest_of_phase(Taps const& taps, int phase, float const* group) {
    auto const* const first = group - kFramesBefore * kChannels;
    float most = 0.0F;
    for (int i = 0; i < kControlFrames * kChannels; ++i) {
        most = larger_magnitude(most, true_peak::point(first + i, taps.of[phase]));
    }
    return most;
}

/// Highest of the 16x grid over a group, 0 where the 4x grid shows that it needs no look: the same
/// values as the CPU's search.
__device__ float peak(Search const& search, float const* group) {
    float most = 0.0F;
    for (int i = 0; i < (kControlFrames + 1) * kChannels; ++i) {
        most = larger_magnitude(most, group[i]);
    }
    constexpr int kScreenStep = true_peak::kScreenStep;
    for (int phase = kScreenStep; phase < true_peak::kPhases; phase += kScreenStep) {
        float const highest = highest_of_phase(*search.taps, phase, group);
        most = highest > most ? highest : most;
    }
    if (most <= search.level) {
        return 0.0F;
    }
    for (int phase = 1; phase < true_peak::kPhases; ++phase) {
        if (phase % kScreenStep != 0) {
            float const highest = highest_of_phase(*search.taps, phase, group);
            most = highest > most ? highest : most;
        }
    }
    return most;
}

/// Depths of groups [first, first + count); those from `end` on are not there. `frames` is the
/// first group's first frame.
__global__ void depth_kernel(
    Search search,
    float const* frames,
    std::int64_t first,
    std::int64_t count,
    std::int64_t end,
    float* depths
) {
    for (auto j = first_index(); j < count; j += grid_size()) {
        auto const group = first + j;
        bool const is_suspect =
            group < end && limiter::is_suspect(group, search.screen, search.blocks, search.level);
        depths[j] = is_suspect
                        ? limiter::depth(
                              peak(search, frames + j * kControlFrames * kChannels), search.target
                          )
                        : 0.0F;
    }
}

/// held[i] is the highest of depths[i - 1 - reach .. i + reach].
__global__ void
hold_kernel(float const* depths, std::int64_t reach, std::int64_t count, float* held) {
    for (auto i = first_index(); i < count; i += grid_size()) {
        float most = 0.0F;
        for (auto k = i - 1 - reach; k <= i + reach; ++k) {
            most = depths[k] > most ? depths[k] : most;
        }
        held[i] = most;
    }
}

/// smooth[j] is the sum of weights[k] released[j - reach + k], in the CPU's order.
__global__ void smooth_kernel(
    float const* released,
    double const* weights,
    std::int64_t reach,
    std::int64_t count,
    double* smooth
) {
    for (auto j = first_index(); j < count; j += grid_size()) {
        double sum = 0.0;
        for (std::int64_t k = 0; k <= 2 * reach; ++k) {
            sum = fma(weights[k], static_cast<double>(released[j - reach + k]), sum);
        }
        smooth[j] = sum;
    }
}

__global__ void apply_kernel(
    float gain, double const* smooth, std::int64_t frames, float2 const* from, float2* to
) {
    for (auto n = first_index(); n < frames; n += grid_size()) {
        auto const j = n / kControlFrames;
        float const own = limiter::frame_gain(
            limiter::control_gain(gain, smooth[j]),
            limiter::control_gain(gain, smooth[j + 1]),
            static_cast<int>(n % kControlFrames)
        );
        to[n] = float2{from[n].x * own, from[n].y * own};
    }
}

/// Deepest control point of each hop among the first `controls`.
__global__ void
trace_kernel(double const* smooth, std::int64_t controls, std::int64_t hops, float* trace) {
    for (auto hop = first_index(); hop < hops; hop += grid_size()) {
        auto const first = hop * limiter::kTraceControls;
        double deepest = 0.0;
        for (auto j = first; j < first + limiter::kTraceControls && j < controls; ++j) {
            deepest = larger(smooth[j], deepest);
        }
        trace[hop] = static_cast<float>(deepest);
    }
}

/// Two chunks of control values that were, and room for new ones behind them.
class ControlHistory {
  public:
    ControlHistory() : values_(kHistory) {
        fill_zero(values_.data(), kHistory);
    }

    /// Makes room for `chunks` new chunks. @returns the first of the two chunks before them
    [[nodiscard]] float* extend(std::int64_t chunks) {
        next_.reserve(kHistory + chunks * kControls);
        copy(next_.data(), values_.data() + chunks_ * kControls, kHistory);
        std::swap(values_, next_);
        chunks_ = chunks;
        return values_.data();
    }

    static constexpr std::int64_t kHistory = 2 * kControls;

  private:
    DeviceBuffer<float> values_;
    DeviceBuffer<float> next_;
    std::int64_t chunks_ = 0; ///< new ones at the last call
};

/// All steps of a call, see limiter::Progress, go through each kernel at once.
class Limiter final : public Stage {
  public:
    Limiter(limiter::Plan plan, std::shared_ptr<std::vector<float> const> const& screen)
        : plan_(std::move(plan)),
          detector_(plan_.fast, plan_.slow, 1, limiter::kNegligibleDepth, DetectorOutput::larger),
          taps_(on_device(std::span<Taps const>(&true_peak::taps(), 1))),
          weights_(on_device(std::span<double const>{plan_.weights})),
          queues_(plan_.has_key) {
        search_ = {.taps = taps_.data(), .level = plan_.search_level, .target = plan_.target};
        if (screen != nullptr) {
            screen_ = on_device(std::span<float const>{*screen});
            search_.blocks = static_cast<std::int64_t>(screen->size());
            search_.screen = screen_.data();
        }
    }

    using Stage::process;

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        progress_.frames_in = queues_.push(inputs);
        STEMLATHE_ASSERT(
            search_.screen == nullptr || progress_.frames_in <= search_.blocks * kScreenBlockFrames
        );
        return advance(progress_.steps_ready());
    }

    [[nodiscard]] AudioView finish() override {
        progress_.frames_in = queues_.audio_frames();
        queues_.push_silence(progress_.silence_needed());
        return advance(progress_.steps_left());
    }

    [[nodiscard]] std::vector<float> gain_reduction_db() const override {
        auto trace = trace_.fetch();
        for (float& value : trace) {
            value = static_cast<float>(-db_from_gain(1.0 - static_cast<double>(value)));
        }
        return trace;
    }

  private:
    AudioView advance(std::int64_t steps) {
        auto const position = progress_.frames_out;
        if (steps == 0) {
            return output_.view(0, position);
        }
        find_gains(steps);
        // The first chunk that the gains are of may lie before the song.
        auto const lead = std::clamp<std::int64_t>(2 - progress_.step, 0, steps);
        auto const whole = (steps - lead) * kChunkFrames;
        auto const frames = std::min(whole, progress_.frames_in - progress_.frames_out);
        auto const* const smooth = smooth_.data() + lead * kControls;
        auto const* const from = queues_.audio() + lead * kChunkFrames * kChannels;
        reserve(output_, whole);
        launch(
            apply_kernel,
            whole,
            plan_.gain,
            smooth,
            whole,
            frames_of(from),
            frames_of(output_.samples())
        );
        auto const controls = (frames + kControlFrames - 1) / kControlFrames;
        auto const hops = (frames + kTraceHopFrames - 1) / kTraceHopFrames;
        auto* const trace = trace_.append(hops);
        launch(trace_kernel, hops, smooth, controls, hops, trace);
        queues_.pop(steps * kChunkFrames);
        progress_.step += steps;
        progress_.frames_out += frames;
        return output_.view(frames, position);
    }

    /// Smooth depths of chunks [step - 2, step - 2 + steps) and of the control point behind them.
    void find_gains(std::int64_t steps) {
        auto const count = steps * kControls;
        auto* const depths = depths_.extend(steps); // from chunk step - 2 on
        auto const* const searched = queues_.key() + 2 * kChunkFrames * kChannels;
        launch(
            depth_kernel,
            count,
            search_,
            searched,
            progress_.step * kControls,
            count,
            progress_.groups_in(),
            depths + ControlHistory::kHistory
        );
        auto* const released = released_.extend(steps); // from chunk step - 3 on
        auto* const held = released + ControlHistory::kHistory;
        launch(hold_kernel, count, depths + kControls, plan_.reach, count, held);
        detector_.run(held, steps, limiter::kLaneControls);
        smooth_.reserve(count + 1);
        launch(
            smooth_kernel,
            count + 1,
            released + kControls,
            weights_.data(),
            plan_.reach,
            count + 1,
            smooth_.data()
        );
    }

    limiter::Plan plan_;
    DecoupledDetector detector_;
    DeviceBuffer<Taps> taps_;
    DeviceBuffer<double> weights_;
    DeviceBuffer<float> screen_;
    Search search_;
    limiter::LimiterQueues<DeviceQueue> queues_;
    ControlHistory depths_;
    ControlHistory released_;
    DeviceBuffer<double> smooth_;
    AudioBuffer output_;
    DeviceTrace trace_; ///< depths
    limiter::Progress progress_;
};

} // namespace

std::unique_ptr<Stage> CudaBackend::make_limiter(LimiterSettings const& settings) {
    return std::make_unique<Limiter>(limiter::make_plan(settings), settings.screen);
}

} // namespace stemlathe::cuda
