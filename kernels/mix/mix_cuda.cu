#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/mix/mix_stage.hpp"

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

class Adder {
  public:
    [[nodiscard]] AudioView
    add(mix::Sources const& sources, std::int64_t frames, std::int64_t position) {
        reserve(output_, frames);
        auto const output = output_.view(frames, position);
        launch(mix_kernel, frames * kChannels, sources, frames * kChannels, output.samples);
        return output;
    }

  private:
    AudioBuffer output_;
};

} // namespace

std::unique_ptr<Stage> CudaBackend::make_mix(MixSettings const& settings) {
    check_settings(settings);
    return std::make_unique<mix::MixStage<DeviceQueue, Adder>>(settings);
}

} // namespace stemlathe::cuda
