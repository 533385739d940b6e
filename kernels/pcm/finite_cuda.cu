#include "kernels/cuda/launch.cuh"
#include "kernels/pcm/finite_cuda.cuh"
#include "kernels/pcm/pcm.hpp"
#include "kernels/pcm/pcm_math.hpp"

namespace stemlathe::cuda {

namespace {

constexpr unsigned long long kNone = ~0ULL;

__global__ void
find_not_finite_kernel(float const* values, std::int64_t count, unsigned long long* first) {
    for (auto i = first_index(); i < count; i += grid_size()) {
        if (!pcm::is_finite(values[i])) {
            atomicMin(first, static_cast<unsigned long long>(i));
        }
    }
}

} // namespace

void FiniteCheck::refuse_not_a_number(AudioView view) {
    if (view.frames == 0) {
        return;
    }
    check(cudaMemsetAsync(first_.data(), 0xFF, sizeof kNone, stream()));
    auto const values = view.frames * kChannels;
    launch(find_not_finite_kernel, values, view.samples, values, first_.data());
    copy(found_.data(), first_.data(), 1);
    synchronise();
    if (*found_.data() == kNone) {
        return;
    }
    auto const frame = static_cast<std::int64_t>(*found_.data()) / kChannels;
    float samples[kChannels] = {};
    copy(samples, view.samples + frame * kChannels, kChannels);
    synchronise();
    throw not_a_number(view.position + frame, samples[0], samples[1]);
}

} // namespace stemlathe::cuda
