#include "kernels/base/assert.hpp"
#include "kernels/cuda/cuda_backend.cuh"

#include <algorithm>
#include <utility>

namespace stemlathe::cuda {

namespace {

void release(void* /*context*/, float* samples) noexcept {
    static_cast<void>(cudaFree(samples)); // waits for the card; a destructor has nobody to tell
}

} // namespace

AudioBuffer allocate(std::int64_t frames) {
    auto const values = static_cast<std::size_t>(std::max<std::int64_t>(frames, 1)) * kChannels;
    void* samples = nullptr;
    check(cudaMalloc(&samples, values * sizeof(float)));
    return AudioBuffer{
        std::unique_ptr<float[], AudioDeleter>{
            static_cast<float*>(samples), AudioDeleter{&release, nullptr}},
        frames,
        Memory::device};
}

void reserve(AudioBuffer& buffer, std::int64_t frames) {
    if (buffer.capacity_frames() < frames) {
        buffer = AudioBuffer{}; // before the new allocation, which may need the room
        buffer = allocate(frames + frames / 4);
    }
}

CudaBackend::CudaBackend(BackendInfo info) : info_(std::move(info)) {}

BackendInfo const& CudaBackend::info() const {
    return info_;
}

AudioBuffer CudaBackend::make_buffer(std::int64_t frames) {
    return allocate(frames);
}

AudioView
CudaBackend::upload(std::span<float const> interleaved, std::int64_t position, AudioBuffer& into) {
    auto const frames = static_cast<std::int64_t>(interleaved.size()) / kChannels;
    reserve(into, frames);
    copy(into.samples(), interleaved.data(), frames * kChannels);
    synchronise(); // from here on the caller's samples are his again
    return AudioView{into.samples(), frames, position, Memory::device};
}

void CudaBackend::download(AudioView view, std::span<float> interleaved) {
    STEMLATHE_ASSERT(interleaved.size() == static_cast<std::size_t>(view.frames) * kChannels);
    copy(interleaved.data(), view.samples, view.frames * kChannels);
    synchronise();
}

} // namespace stemlathe::cuda
