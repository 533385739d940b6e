#include "kernels/base/failure.hpp"
#include "kernels/cpu/cpu_backend.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace stemlathe::cpu {

namespace {

constexpr std::size_t kAlignment_bytes = 64;

void release(void* /*context*/, float* samples) noexcept {
    std::free(samples); // NOLINT: pairs with aligned_alloc below
}

} // namespace

AudioBuffer allocate(std::int64_t frames) {
    auto const wanted = static_cast<std::size_t>(std::max<std::int64_t>(frames, 1)) * kChannels;
    auto const bytes =
        (wanted * sizeof(float) + kAlignment_bytes - 1) / kAlignment_bytes * kAlignment_bytes;
    auto* const samples = static_cast<float*>(std::aligned_alloc(kAlignment_bytes, bytes));
    if (samples == nullptr) {
        throw Failure{
            Code::out_of_memory,
            "memory is short: " + std::to_string(bytes >> 20U) + " MiB could not be had"};
    }
    return AudioBuffer{
        std::unique_ptr<float[], AudioDeleter>{samples, AudioDeleter{&release, nullptr}},
        frames,
        Memory::host};
}

void reserve(AudioBuffer& buffer, std::int64_t frames) {
    if (buffer.capacity_frames() < frames) {
        buffer = allocate(frames + frames / 4);
    }
}

} // namespace stemlathe::cpu
