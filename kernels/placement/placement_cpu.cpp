#include "kernels/base/assert.hpp"
#include "kernels/base/unchanged.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/placement/placement_math.hpp"

namespace stemlathe::cpu {

namespace {

void place(StereoMatrix const& matrix, AudioView input, float* output) {
    float const* const samples = input.samples;
    for (std::int64_t n = 0; n < input.frames; ++n) {
        float const left = samples[2 * n];
        float const right = samples[2 * n + 1];
        output[2 * n] = placement::left(matrix, left, right);
        output[2 * n + 1] = placement::right(matrix, left, right);
    }
}

class CpuPlacement final : public Stage {
  public:
    explicit CpuPlacement(StereoMatrix const& matrix) : matrix_(matrix) {}

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        STEMLATHE_ASSERT(inputs.size() == 1);
        auto const input = inputs.front();
        reserve(output_, input.frames);
        place(matrix_, input, output_.samples());
        return output_.view(input.frames, input.position);
    }

    [[nodiscard]] AudioView finish() override {
        return {};
    }

  private:
    StereoMatrix matrix_;
    AudioBuffer output_;
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_placement(StereoMatrix const& matrix) {
    check_settings(matrix);
    if (matrix == StereoMatrix{}) {
        return std::make_unique<Unchanged>(Memory::host);
    }
    return std::make_unique<CpuPlacement>(matrix);
}

} // namespace stemlathe::cpu
