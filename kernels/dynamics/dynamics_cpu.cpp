#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/dynamics/detector_cpu.hpp"
#include "kernels/dynamics/dynamics_stage.hpp"

#include <algorithm>

namespace stemlathe::cpu {

namespace {

class Compressor {
  public:
    explicit Compressor(dynamics::Plan const& plan) : plan_(plan), detector_(plan) {}

    [[nodiscard]] AudioView compress(float const* audio, float const* key, Chunks const& chunks) {
        reserve(output_, chunks.whole_frames());
        for (std::int64_t first = 0; first < chunks.whole_frames(); first += kChunkFrames) {
            auto const rows = detector_.reduce(key + first * kChannels);
            record(rows, std::min(chunks.frames - first, kChunkFrames));
            apply(rows, audio + first * kChannels, output_.samples() + first * kChannels);
        }
        return output_.view(chunks.frames, chunks.position);
    }

    [[nodiscard]] std::vector<float> const& trace_db() const noexcept {
        return trace_db_;
    }

  private:
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
    AudioBuffer output_;
    std::vector<float> trace_db_;
    alignas(64) std::array<std::array<float, kChunkFrames>, kChannels> gains_{};
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_dynamics(DynamicsSettings const& settings) {
    return dynamics::make_stage<InputQueue, Compressor>(settings, Memory::host);
}

} // namespace stemlathe::cpu
