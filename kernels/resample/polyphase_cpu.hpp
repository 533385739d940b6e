#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/resample/resample.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe::cpu {

/// A polyphase filter over many periods side by side: after `phases` output frames the same
/// coefficients come again, `advance` input frames further on. So a vector holds one frame each of
/// several periods, a coefficient is broadcast to all of them, and nothing is ever summed across
/// lanes. Four neighbouring phases share each vector that is loaded.
class PolyphaseBank {
  public:
    /// @throws Failure{out_of_memory}
    explicit PolyphaseBank(PolyphaseFilter const& filter);

    /// Input frames that lie before the moment of an output frame and are read for it.
    [[nodiscard]] std::int64_t history_frames() const noexcept {
        return taps_ / 2 - 1;
    }

    /// Frames that one `convert` reads, history included.
    [[nodiscard]] std::int64_t frames_read() const noexcept;

    /// Frames that the input moves on with one `convert`.
    [[nodiscard]] std::int64_t frames_in() const noexcept;

    /// Frames that one `convert` gives.
    [[nodiscard]] std::int64_t frames_out() const noexcept;

    /// @param input  [frames_read()], from history_frames() before a multiple of frames_in() on
    /// @param output  [frames_out()]
    void convert(float const* input, float* output);

  private:
    static constexpr std::int64_t kGroup = 4; ///< phases that are computed together

    void add_group(PolyphaseFilter const& filter, std::int64_t first_phase);
    void gather(float const* input);
    void compute(std::int64_t group, float* tile) const;
    void scatter(float const* tile, std::int64_t group, float* output) const;

    std::int64_t phases_;  ///< of a period: a multiple of the filter's where that has few
    std::int64_t advance_; ///< input frames of a period
    std::int64_t taps_;
    std::int64_t half_; ///< rows of one half of the taps, of all phases of a group
    std::int64_t rows_; ///< input frames that a period reads
    std::vector<std::int64_t> first_rows_; ///< [groups]
    std::vector<float> table_;             ///< [groups][front, back][half_][kGroup]
    AudioBuffer columns_;                  ///< [rows_][periods] frames
};

} // namespace stemlathe::cpu
