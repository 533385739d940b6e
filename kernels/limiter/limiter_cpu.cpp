#include "kernels/base/assert.hpp"
#include "kernels/base/units.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/limiter/gain_curve_cpu.hpp"
#include "kernels/limiter/limiter_queues.hpp"
#include "kernels/limiter/peak_search_cpu.hpp"

#include <algorithm>

namespace stemlathe::cpu {

namespace {

using limiter::kControlFrames;
using limiter::kControls;

/// One step after another: see limiter::Progress.
class Limiter final : public Stage {
  public:
    Limiter(limiter::Plan const& plan, std::shared_ptr<std::vector<float> const> screen)
        : plan_(plan),
          screen_(std::move(screen)),
          search_(plan.search_level),
          curve_(plan),
          queues_(plan.has_key) {}

    using Stage::process;

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        progress_.frames_in = queues_.push(inputs);
        STEMLATHE_ASSERT(screen_ == nullptr || progress_.frames_in <= screened_frames());
        return advance(progress_.steps_ready());
    }

    [[nodiscard]] AudioView finish() override {
        progress_.frames_in = queues_.audio_frames();
        queues_.push_silence(progress_.silence_needed());
        return advance(progress_.steps_left());
    }

    [[nodiscard]] std::vector<float> gain_reduction_db() const override {
        return trace_db_;
    }

  private:
    AudioView advance(std::int64_t steps) {
        reserve(output_, steps * kChunkFrames);
        auto const position = progress_.frames_out;
        for (std::int64_t i = 0; i < steps; ++i) {
            auto const depths = search(queues_.key() + 2 * kChunkFrames * kChannels);
            auto const& smooth = curve_.advance(depths);
            if (progress_.step >= 2) {
                auto* const to = output_.samples() + (progress_.frames_out - position) * kChannels;
                auto const frames =
                    std::min(kChunkFrames, progress_.frames_in - progress_.frames_out);
                record(smooth, frames);
                apply(smooth, queues_.audio(), to);
                progress_.frames_out += frames;
            }
            queues_.pop(kChunkFrames);
            ++progress_.step;
        }
        return output_.view(progress_.frames_out - position, position);
    }

    /// Depths of the step's chunk of the key.
    std::array<float, kControls> search(float const* chunk) {
        std::array<float, kControls> depths{};
        auto const* const screen = screen_ == nullptr ? nullptr : screen_->data();
        auto const blocks = screen_ == nullptr ? 0 : static_cast<std::int64_t>(screen_->size());
        auto const first = progress_.step * kControls;
        for (std::int64_t j = 0; j < std::min(kControls, progress_.groups_in() - first); ++j) {
            if (limiter::is_suspect(first + j, screen, blocks, plan_.search_level)) {
                float const peak = search_.peak(chunk + j * kControlFrames * kChannels);
                depths[static_cast<std::size_t>(j)] = limiter::depth(peak, plan_.target);
            }
        }
        return depths;
    }

    void record(GainCurve::Smooth const& smooth, std::int64_t frames) {
        auto const controls = (frames + kControlFrames - 1) / kControlFrames;
        for (std::int64_t first = 0; first < controls; first += limiter::kTraceControls) {
            auto const count = std::min(limiter::kTraceControls, controls - first);
            double const deepest = *std::max_element(&smooth[first], &smooth[first] + count);
            trace_db_.push_back(static_cast<float>(-db_from_gain(1.0 - deepest)));
        }
    }

    void apply(GainCurve::Smooth const& smooth, float const* from, float* to) const {
        if (curve_.is_quiet()) {
            for (std::int64_t i = 0; i < kChunkFrames * kChannels; ++i) {
                to[i] = from[i] * plan_.gain;
            }
            return;
        }
        std::array<float, kControls + 1> gains;
        for (std::size_t j = 0; j < gains.size(); ++j) {
            gains[j] = limiter::control_gain(plan_.gain, smooth[j]);
        }
        for (std::size_t j = 0; j < kControls; ++j) {
            auto const first = j * kControlFrames * kChannels;
            for (std::size_t i = 0; i < kControlFrames * kChannels; ++i) {
                auto const offset = static_cast<int>(i / kChannels);
                float const gain = limiter::frame_gain(gains[j], gains[j + 1], offset);
                to[first + i] = from[first + i] * gain;
            }
        }
    }

    [[nodiscard]] std::int64_t screened_frames() const {
        return static_cast<std::int64_t>(screen_->size()) * kScreenBlockFrames;
    }

    limiter::Plan plan_;
    std::shared_ptr<std::vector<float> const> screen_;
    PeakSearch search_;
    GainCurve curve_;
    limiter::LimiterQueues<InputQueue> queues_;
    AudioBuffer output_;
    limiter::Progress progress_;
    std::vector<float> trace_db_;
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_limiter(LimiterSettings const& settings) {
    return std::make_unique<Limiter>(limiter::make_plan(settings), settings.screen);
}

} // namespace stemlathe::cpu
