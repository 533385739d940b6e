#include "kernels/base/assert.hpp"
#include "kernels/cpu/scratch_file.hpp"
#include "kernels/cuda/cuda_backend.cuh"

#include <algorithm>
#include <vector>

namespace stemlathe::cuda {

namespace {

constexpr std::int64_t kFrame_bytes = kChannels * sizeof(float);

class DeviceStore final : public AudioStore {
  public:
    explicit DeviceStore(std::int64_t frames) : audio_(allocate(frames)) {}

    void append(AudioView input) override {
        STEMLATHE_ASSERT(!sealed_ && frames_ + input.frames <= audio_.capacity_frames());
        copy(audio_.samples() + frames_ * kChannels, input.samples, input.frames * kChannels);
        frames_ += input.frames;
    }

    void seal() override {
        check(cudaDeviceSynchronize()); // other threads, with streams of their own, read from here
        sealed_ = true;
    }

    [[nodiscard]] std::int64_t frames() const override {
        return frames_;
    }

    [[nodiscard]] AudioView
    read(std::int64_t position, std::int64_t count, AudioBuffer& /*window*/) const override {
        auto const first = std::clamp<std::int64_t>(position, 0, frames_);
        return audio_.view(frames_, 0)
            .slice(first, std::clamp<std::int64_t>(count, 0, frames_ - first));
    }

  private:
    AudioBuffer audio_;
    std::int64_t frames_ = 0;
    bool sealed_ = false;
};

class FileStore final : public AudioStore {
  public:
    explicit FileStore(StoreSettings const& settings) : file_(settings.scratch_directory) {}

    void append(AudioView input) override {
        STEMLATHE_ASSERT(!sealed_);
        std::vector<float> staging(static_cast<std::size_t>(input.frames) * kChannels);
        copy(staging.data(), input.samples, input.frames * kChannels);
        synchronise();
        file_.write(std::as_bytes(std::span{staging}), frames_ * kFrame_bytes);
        frames_ += input.frames;
    }

    void seal() override {
        sealed_ = true;
    }

    [[nodiscard]] std::int64_t frames() const override {
        return frames_;
    }

    [[nodiscard]] AudioView
    read(std::int64_t position, std::int64_t count, AudioBuffer& window) const override {
        auto const first = std::clamp<std::int64_t>(position, 0, frames_);
        auto const frames = std::clamp<std::int64_t>(count, 0, frames_ - first);
        std::vector<float> staging(static_cast<std::size_t>(frames) * kChannels);
        file_.read(std::as_writable_bytes(std::span{staging}), first * kFrame_bytes);
        reserve(window, frames);
        copy(window.samples(), staging.data(), frames * kChannels);
        synchronise(); // the staging memory goes away
        return window.view(frames, first);
    }

  private:
    cpu::ScratchFile file_;
    std::int64_t frames_ = 0;
    bool sealed_ = false;
};

} // namespace

std::unique_ptr<AudioStore> CudaBackend::make_store(StoreSettings const& settings) {
    std::size_t free_bytes = 0;
    std::size_t total_bytes = 0;
    check(cudaMemGetInfo(&free_bytes, &total_bytes));
    // Half of what is free: the stages that come after this store need room as well.
    auto const budget_frames = static_cast<std::int64_t>(free_bytes / 2) / kFrame_bytes;
    if (settings.frames_expected <= budget_frames) {
        return std::make_unique<DeviceStore>(settings.frames_expected);
    }
    return std::make_unique<FileStore>(settings);
}

} // namespace stemlathe::cuda
