#include "kernels/base/assert.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/scratch_file.hpp"

#include <algorithm>
#include <optional>

namespace stemlathe::cpu {

namespace {

class MemoryStore final : public AudioStore {
  public:
    explicit MemoryStore(std::int64_t frames) : audio_(allocate(frames)) {}

    void append(AudioView input) override {
        STEMLATHE_ASSERT(!sealed_ && frames_ + input.frames <= audio_.capacity_frames());
        std::ranges::copy(input.values(), audio_.samples() + frames_ * kChannels);
        frames_ += input.frames;
    }

    void seal() override {
        sealed_ = true;
    }

    [[nodiscard]] std::int64_t frames() const override {
        return frames_;
    }

    [[nodiscard]] AudioView
    read(std::int64_t position, std::int64_t count, AudioBuffer& /*window*/) const override {
        auto const frames = std::clamp<std::int64_t>(frames_ - position, 0, count);
        return audio_.view(frames_, 0).slice(std::min(position, frames_), frames);
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
        file_.write(std::as_bytes(input.values()), frames_ * kFrame_bytes);
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
        auto const frames = std::clamp<std::int64_t>(frames_ - position, 0, count);
        reserve(window, frames);
        auto const view = window.view(frames, position);
        file_.read(std::as_writable_bytes(view.values()), position * kFrame_bytes);
        return view;
    }

  private:
    static constexpr std::int64_t kFrame_bytes = kChannels * sizeof(float);

    ScratchFile file_;
    std::int64_t frames_ = 0;
    bool sealed_ = false;
};

} // namespace

std::unique_ptr<AudioStore> CpuBackend::make_store(StoreSettings const& settings) {
    if (settings.frames_expected <= kMemoryFrames) {
        return std::make_unique<MemoryStore>(settings.frames_expected);
    }
    return std::make_unique<FileStore>(settings);
}

} // namespace stemlathe::cpu
