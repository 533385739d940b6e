#pragma once

#include <cstdint>

namespace stemlathe::test {

/// Numbers that look random and follow from their seed: SplitMix64 (Steele, Lea & Flood, OOPSLA
/// 2014).
class Dice {
  public:
    explicit Dice(std::uint64_t seed) noexcept : state_(seed) {}

    /// `least` to `most`, both included.
    std::int64_t number(std::int64_t least, std::int64_t most) noexcept {
        state_ += 0x9E3779B97F4A7C15U;
        auto bits = state_;
        bits = (bits ^ bits >> 30U) * 0xBF58476D1CE4E5B9U;
        bits = (bits ^ bits >> 27U) * 0x94D049BB133111EBU;
        bits ^= bits >> 31U;
        auto const count = static_cast<std::uint64_t>(most - least) + 1;
        return least + static_cast<std::int64_t>(bits % count);
    }

    bool one_in(std::int64_t chances) noexcept {
        return number(1, chances) == 1;
    }

  private:
    std::uint64_t state_;
};

} // namespace stemlathe::test
