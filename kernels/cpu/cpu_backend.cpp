#include "kernels/cpu/cpu_backend.hpp"

#include "kernels/base/assert.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe::cpu {

CpuBackend::CpuBackend(BackendInfo info) : info_(std::move(info)) {}

BackendInfo const& CpuBackend::info() const {
    return info_;
}

AudioBuffer CpuBackend::make_buffer(std::int64_t frames) {
    return allocate(frames);
}

AudioView
CpuBackend::upload(std::span<float const> interleaved, std::int64_t position, AudioBuffer& into) {
    auto const frames = static_cast<std::int64_t>(interleaved.size()) / kChannels;
    reserve(into, frames);
    std::ranges::copy(interleaved, into.samples());
    return into.view(frames, position);
}

void CpuBackend::download(AudioView view, std::span<float> interleaved) {
    STEMLATHE_ASSERT(interleaved.size() == view.values().size());
    std::ranges::copy(view.values(), interleaved.begin());
}

} // namespace stemlathe::cpu
