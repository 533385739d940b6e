#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

/// The grid of values that a channel's samples lie on, as far as it has been seen.
class SampleGrid {
  public:
    /// For bits() and peak(): quick.
    void add(std::span<float const> samples);

    /// For step() and is_fine(): a few seconds of sound do.
    void add_values(std::span<float const> samples);

    /// Bits of an integer that would hold every sample so far; 0 for silence, 25 where 24 bits do
    /// not suffice.
    [[nodiscard]] int bits() const noexcept;

    /// The step between neighbouring values near zero in units of 2^-23, where nearly all
    /// neighbours are equally far apart and louder samples are multiples of it too; nothing where
    /// that is not so, or too little was seen. 16-bit audio that was only changed in level keeps
    /// its 65536 values, 256 times that change apart. A tone's samples are evenly spaced at its
    /// zero crossings, but not beyond.
    [[nodiscard]] std::optional<double> step() const;

    /// Largest magnitude so far, in units of 2^-23.
    [[nodiscard]] double peak() const noexcept {
        return static_cast<double>(peak_);
    }

    /// True once neighbouring values were seen closer together than any coarse grid has them.
    [[nodiscard]] bool is_fine() const;

  private:
    static constexpr std::int32_t kReach = 1 << 14; ///< values looked at: below -54 dBFS
    static constexpr std::size_t kStepsLeast = 32;

    [[nodiscard]] std::vector<std::int32_t> values() const;
    [[nodiscard]] bool holds_beyond(double step) const;

    std::uint32_t used_bits_ = 0;
    std::int32_t peak_ = 0;
    std::int64_t added_ = 0;
    bool is_whole_ = true; ///< every sample is a multiple of 2^-23
    std::vector<bool> seen_ = std::vector<bool>(2 * kReach);
    std::vector<std::int32_t> louder_{}; ///< some of those beyond kReach
};

} // namespace stemlathe
