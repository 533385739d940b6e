#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace stemlathe {

/// Where samples lie.
enum class Memory : std::uint8_t { host, device };

/// Audio inside the engine is always stereo, interleaved float32, full scale 1.0: one frame (left,
/// right) is one complex number to the FFT and one float2 to a CUDA thread.
inline constexpr int kChannels = 2;

/// The canonical chunk: recursions are cut and carried at multiples of it, counted from sample 0. A
/// constant of the algorithms, never derived from the hardware, so results do not depend on threads
/// or segments.
inline constexpr std::int64_t kChunkFrames = 4096;

/// Borrowed audio [frames] stereo. Trivially copyable, goes to kernels by value.
struct AudioView {
    float* samples = nullptr; ///< 2 * frames interleaved values
    std::int64_t frames = 0;
    std::int64_t position = 0; ///< index of the first frame in the song
    Memory memory = Memory::host;

    [[nodiscard]] std::span<float> values() const noexcept {
        return {samples, static_cast<std::size_t>(frames) * kChannels};
    }

    /// Frames [first, first + count) of this view.
    [[nodiscard]] AudioView slice(std::int64_t first, std::int64_t count) const noexcept {
        return {samples + first * kChannels, count, position + first, memory};
    }
};

/// Frees memory of either kind; made by a Backend.
struct AudioDeleter {
    void (*release)(void* context, float* samples) noexcept = nullptr;
    void* context = nullptr;

    void operator()(float* samples) const noexcept {
        if (release != nullptr) {
            release(context, samples);
        }
    }
};

/// Owned audio in host or device memory. Move-only.
class AudioBuffer {
  public:
    AudioBuffer() = default;

    AudioBuffer(
        std::unique_ptr<float[], AudioDeleter> samples, std::int64_t capacity_frames, Memory memory
    ) noexcept
        : samples_(std::move(samples)), capacity_frames_(capacity_frames), memory_(memory) {}

    [[nodiscard]] std::int64_t capacity_frames() const noexcept {
        return capacity_frames_;
    }

    [[nodiscard]] float* samples() const noexcept {
        return samples_.get();
    }

    [[nodiscard]] AudioView view(std::int64_t frames, std::int64_t position) const noexcept {
        return {samples_.get(), frames, position, memory_};
    }

  private:
    std::unique_ptr<float[], AudioDeleter> samples_;
    std::int64_t capacity_frames_ = 0;
    Memory memory_ = Memory::host;
};

} // namespace stemlathe
