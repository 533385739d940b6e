#include "kernels/base/assert.hpp"
#include "kernels/base/unchanged.hpp"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/placement/placement_math.hpp"

namespace stemlathe::cuda {

namespace {

__global__ void
place_kernel(StereoMatrix matrix, float2 const* input, std::int64_t frames, float2* output) {
    for (auto n = first_index(); n < frames; n += grid_size()) {
        auto const frame = input[n];
        output[n] = {
            placement::left(matrix, frame.x, frame.y), placement::right(matrix, frame.x, frame.y)};
    }
}

class CudaPlacement final : public Stage {
  public:
    explicit CudaPlacement(StereoMatrix const& matrix) : matrix_(matrix) {}

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        STEMLATHE_ASSERT(inputs.size() == 1);
        auto const input = inputs.front();
        reserve(output_, input.frames);
        auto const output = output_.view(input.frames, input.position);
        launch(
            place_kernel,
            input.frames,
            matrix_,
            frames_of(input.samples),
            input.frames,
            frames_of(output.samples)
        );
        return output;
    }

    [[nodiscard]] AudioView finish() override {
        return AudioView{nullptr, 0, 0, Memory::device};
    }

  private:
    StereoMatrix matrix_;
    AudioBuffer output_;
};

} // namespace

std::unique_ptr<Stage> CudaBackend::make_placement(StereoMatrix const& matrix) {
    check_settings(matrix);
    if (matrix == StereoMatrix{}) {
        return std::make_unique<Unchanged>(Memory::device);
    }
    return std::make_unique<CudaPlacement>(matrix);
}

} // namespace stemlathe::cuda
