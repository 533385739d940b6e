#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/dynamics/detector_cpu.hpp"

#include <algorithm>

namespace stemlathe::cpu {

namespace {

class Compressor final : public Stage {
  public:
    explicit Compressor(dynamics::Plan const& plan) : plan_(plan), detector_(plan) {}

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        audio_.push(inputs[0]);
        if (plan_.has_key) {
            key_.push(inputs[1]);
        }
        auto const frames =
            plan_.has_key ? std::min(audio_.frames(), key_.frames()) : audio_.frames();
        return compress(frames / kChunkFrames, frames / kChunkFrames * kChunkFrames);
    }

    [[nodiscard]] AudioView finish() override {
        auto const frames = audio_.frames();
        auto const chunks = (frames + kChunkFrames - 1) / kChunkFrames;
        audio_.push_zeros(chunks * kChunkFrames - frames);
        if (plan_.has_key) { // a key that ended is silence
            key_.push_zeros(std::max<std::int64_t>(chunks * kChunkFrames - key_.frames(), 0));
        }
        return compress(chunks, frames);
    }

    [[nodiscard]] std::vector<float> gain_reduction_db() const override {
        return trace_db_;
    }

  private:
    /// Compresses `chunks` and gives away the first `frames` of them.
    AudioView compress(std::int64_t chunks, std::int64_t frames) {
        auto const audio = audio_.pending();
        auto const* const key = (plan_.has_key ? key_ : audio_).pending().samples;
        reserve(output_, chunks * kChunkFrames);
        for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
            auto const first = chunk * kChunkFrames;
            auto const rows = detector_.reduce(key + first * kChannels);
            record(rows, std::min(frames - first, kChunkFrames));
            apply(rows, audio.samples + first * kChannels, output_.samples() + first * kChannels);
        }
        audio_.pop(chunks * kChunkFrames);
        if (plan_.has_key) {
            key_.pop(chunks * kChunkFrames);
        }
        auto const position = frames_out_;
        frames_out_ += frames;
        return output_.view(frames, position);
    }

    /// Adds the chunk's first `frames` to the trace.
    void record(std::span<LaneRows const> rows, std::int64_t frames) {
        static_assert(kTraceHopFrames % kLaneFrames == 0);
        std::array<float, kLanes> highest{};
        auto const last = static_cast<std::int32_t>(frames) - 1;
        for (auto const& stream : rows) {
            for (std::int32_t step = 0; step < kLaneFrames; ++step) {
                auto const& row = stream.at[static_cast<std::size_t>(step)];
                for (std::int32_t lane = 0; lane < kLanes; ++lane) {
                    auto const i = static_cast<std::size_t>(lane);
                    bool const counts =
                        lane * static_cast<std::int32_t>(kLaneFrames) <= last - step;
                    highest[i] = row[i] > highest[i] && counts ? row[i] : highest[i];
                }
            }
        }
        constexpr std::int64_t kLanesPerHop = kTraceHopFrames / kLaneFrames;
        for (std::int64_t hop = 0; hop * kTraceHopFrames < frames; ++hop) {
            auto const* const first = highest.data() + hop * kLanesPerHop;
            trace_db_.push_back(*std::max_element(first, first + kLanesPerHop));
        }
    }

    void apply(std::span<LaneRows const> rows, float const* from, float* to) {
        for (std::size_t stream = 0; stream < rows.size(); ++stream) {
            from_rows(rows[stream], gains_[stream].data());
            for (float& gain : gains_[stream]) {
                gain = dynamics::gain(gain, plan_.makeup_db);
            }
        }
        auto const& left = gains_.front();
        auto const& right = gains_[rows.size() - 1];
        for (std::size_t n = 0; n < kChunkFrames; ++n) {
            to[2 * n] = from[2 * n] * left[n];
            to[2 * n + 1] = from[2 * n + 1] * right[n];
        }
    }

    dynamics::Plan plan_;
    Detector detector_;
    InputQueue audio_;
    InputQueue key_;
    AudioBuffer output_;
    std::int64_t frames_out_ = 0;
    std::vector<float> trace_db_;
    alignas(64) std::array<std::array<float, kChunkFrames>, kChannels> gains_{};
};

/// Ratio 1, no make-up: the audio goes through as it is.
class Unchanged final : public Stage {
  public:
    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        frames_ += inputs[0].frames;
        return inputs[0];
    }

    [[nodiscard]] AudioView finish() override {
        return AudioView{.position = frames_};
    }

    [[nodiscard]] std::vector<float> gain_reduction_db() const override {
        auto const hops = (frames_ + kTraceHopFrames - 1) / kTraceHopFrames;
        return std::vector<float>(static_cast<std::size_t>(hops), 0.0F);
    }

  private:
    std::int64_t frames_ = 0;
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_dynamics(DynamicsSettings const& settings) {
    auto const plan = dynamics::make_plan(settings);
    if (plan.is_identity) {
        return std::make_unique<Unchanged>();
    }
    return std::make_unique<Compressor>(plan);
}

} // namespace stemlathe::cpu
