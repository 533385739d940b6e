#include "kernels/base/assert.hpp"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/pcm/finite_cuda.cuh"
#include "kernels/pcm/pcm_math.hpp"

#include <array>
#include <cstring>

namespace stemlathe::cuda {

namespace {

/// @param values  2 * frames; both of a frame come from one sample where the file is mono
template <SampleFormat kFormat, int kStep = bytes_per_sample(kFormat)>
__global__ void
unpack_kernel(std::byte const* bytes, int channels, std::int64_t values, float* samples) {
    for (auto i = first_index(); i < values; i += grid_size()) {
        auto const sample = channels == 1 ? i / kChannels : i;
        samples[i] = pcm::sample_at<kFormat>(bytes + sample * kStep);
    }
}

using UnpackKernel = void (*)(std::byte const*, int, std::int64_t, float*);

UnpackKernel kernel_for(SampleFormat format) {
    switch (format) {
    case SampleFormat::pcm_16:
        return unpack_kernel<SampleFormat::pcm_16>;
    case SampleFormat::pcm_24:
        return unpack_kernel<SampleFormat::pcm_24>;
    case SampleFormat::pcm_32:
        return unpack_kernel<SampleFormat::pcm_32>;
    case SampleFormat::float_32:
        return unpack_kernel<SampleFormat::float_32>;
    default:
        return unpack_kernel<SampleFormat::float_64>;
    }
}

/// Packed bytes on their way to the card. The pinned copy is free again when the event has passed.
class Upload {
  public:
    Upload() {
        check(cudaEventCreateWithFlags(&done_, cudaEventDisableTiming));
    }

    Upload(Upload const&) = delete;
    Upload& operator=(Upload const&) = delete;

    ~Upload() {
        static_cast<void>(cudaEventSynchronize(done_)); // the pinned memory is freed next
        static_cast<void>(cudaEventDestroy(done_));
    }

    /// @returns the bytes in the card's memory, in the order of the stream
    std::byte const* send(std::span<std::byte const> bytes) {
        auto const count = static_cast<std::int64_t>(bytes.size());
        check(cudaEventSynchronize(done_));
        pinned_.reserve(count);
        device_.reserve(count);
        if (count > 0) {
            std::memcpy(pinned_.data(), bytes.data(), bytes.size());
        }
        cuda::copy(device_.data(), pinned_.data(), count);
        check(cudaEventRecord(done_, stream()));
        return device_.data();
    }

  private:
    PinnedBuffer<std::byte> pinned_;
    DeviceBuffer<std::byte> device_;
    cudaEvent_t done_ = nullptr;
};

class CudaUnpacker final : public Unpacker {
  public:
    explicit CudaUnpacker(UnpackSettings const& settings) : settings_(settings) {}

    [[nodiscard]] AudioView process(PackedAudio packed) override {
        STEMLATHE_ASSERT(
            static_cast<std::int64_t>(packed.bytes.size()) ==
            packed.frames * settings_.channels * bytes_per_sample(settings_.format)
        );
        auto& upload = uploads_[turn_];
        turn_ = (turn_ + 1) % uploads_.size();
        auto const* const bytes = upload.send(packed.bytes);
        reserve(audio_, packed.frames);
        auto const view = audio_.view(packed.frames, position_);
        auto const values = packed.frames * kChannels;
        launch(
            kernel_for(settings_.format), values, bytes, settings_.channels, values, view.samples
        );
        if (pcm::is_float(settings_.format)) {
            finite_.refuse_not_a_number(view);
        }
        position_ += packed.frames;
        return view;
    }

  private:
    UnpackSettings settings_;
    std::array<Upload, 2> uploads_; ///< one is filled while the other is still on its way
    std::size_t turn_ = 0;
    FiniteCheck finite_;
    AudioBuffer audio_;
    std::int64_t position_ = 0;
};

} // namespace

std::unique_ptr<Unpacker> CudaBackend::make_unpacker(UnpackSettings const& settings) {
    check_settings(settings);
    return std::make_unique<CudaUnpacker>(settings);
}

} // namespace stemlathe::cuda
