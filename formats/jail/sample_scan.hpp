#pragma once

#include "formats/media.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Private to formats/.
namespace stemlathe::formats {

/// Looks at every sample of a file once.
class SampleScan {
  public:
    SampleScan(SampleFormat format, int channels);

    /// @param packed  whole frames, interleaved
    void add(std::span<std::byte const> packed);

    [[nodiscard]] std::int64_t frames() const noexcept {
        return frames_;
    }

    /// NaN and Inf.
    [[nodiscard]] std::int64_t bad_samples() const noexcept {
        return bad_samples_;
    }

    [[nodiscard]] std::optional<std::int64_t> first_bad_frame() const noexcept {
        return first_bad_frame_;
    }

    /// Of each channel: the largest magnitude among its numbers, full scale 1.0.
    [[nodiscard]] std::span<double const> peaks() const noexcept {
        return peaks_;
    }

  private:
    template <typename Read>
    void add_as(std::span<std::byte const> packed, Read read);

    SampleFormat format_;
    std::size_t sample_bytes_;
    std::vector<double> peaks_;
    std::int64_t frames_ = 0;
    std::int64_t bad_samples_ = 0;
    std::optional<std::int64_t> first_bad_frame_{};
};

} // namespace stemlathe::formats
