#include "kernels/base/assert.hpp"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/mix/mix_math.hpp"

#include <algorithm>
#include <limits>

namespace stemlathe::cuda {

namespace {

__global__ void mix_kernel(mix::Sources sources, std::int64_t values, float* output) {
    for (auto i = first_index(); i < values; i += grid_size()) {
        double sum = 0.0;
        for (int input = 0; input < sources.inputs; ++input) {
            sum = mix::add(sum, sources.values[input][i]);
        }
        output[i] = static_cast<float>(sum);
    }
}

class CudaMix final : public Stage {
  public:
    explicit CudaMix(MixSettings const& settings)
        : queues_(static_cast<std::size_t>(settings.inputs)) {}

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        STEMLATHE_ASSERT(inputs.size() == queues_.size());
        if (inputs.size() == 1) {
            return inputs.front();
        }
        auto ready = std::numeric_limits<std::int64_t>::max();
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            ready = std::min(ready, queues_[i].frames() + inputs[i].frames);
        }
        // An input that has nothing queued is read where it lies, and only its rest is kept.
        mix::Sources sources{.values = {}, .inputs = static_cast<int>(inputs.size())};
        std::vector<AudioView> rests(inputs.size());
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (queues_[i].frames() > 0) {
                queues_[i].push(inputs[i]);
                sources.values[i] = queues_[i].pending().samples;
            } else {
                sources.values[i] = inputs[i].samples;
                rests[i] = inputs[i].slice(ready, inputs[i].frames - ready);
            }
        }
        auto const output = add(sources, ready);
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (queues_[i].frames() > 0) {
                queues_[i].pop(ready);
            } else {
                queues_[i].push(rests[i]);
            }
        }
        return output;
    }

    [[nodiscard]] AudioView finish() override {
        std::int64_t longest = 0;
        for (auto const& queue : queues_) {
            longest = std::max(longest, queue.frames());
        }
        mix::Sources sources{.values = {}, .inputs = static_cast<int>(queues_.size())};
        for (std::size_t i = 0; i < queues_.size(); ++i) {
            queues_[i].push_zeros(longest - queues_[i].frames());
            sources.values[i] = queues_[i].pending().samples;
        }
        return add(sources, longest);
    }

  private:
    AudioView add(mix::Sources const& sources, std::int64_t frames) {
        reserve(output_, frames);
        auto const output = output_.view(frames, position_);
        launch(mix_kernel, frames * kChannels, sources, frames * kChannels, output.samples);
        position_ += frames;
        return output;
    }

    std::vector<DeviceQueue> queues_;
    AudioBuffer output_;
    std::int64_t position_ = 0;
};

} // namespace

std::unique_ptr<Stage> CudaBackend::make_mix(MixSettings const& settings) {
    check_settings(settings);
    return std::make_unique<CudaMix>(settings);
}

} // namespace stemlathe::cuda
