#pragma once

#include <cstdint>

namespace stemlathe::demo {

/// A well-mixed 64-bit value for every counter. Source: splitmix64, Steele, Lea & Flood, OOPSLA
/// 2014; own code instead of <random>, whose distributions differ between standard libraries.
[[nodiscard]] inline std::uint64_t hash(std::uint64_t value) noexcept {
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

/// What chance decides; each use has its own stream so that none follows another.
enum class Chance : std::uint64_t {
    key,
    tempo,
    progression,
    melody,
    words,
    drum_pattern,
    velocity,
    strum,
    effects,
    noise,
    hiss,
};

/// Repeatable chance: the same seed, stream and index always fall the same way.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) noexcept : seed_(hash(seed)) {}

    [[nodiscard]] std::uint64_t bits(Chance stream, std::int64_t index) const noexcept {
        auto const position = hash(static_cast<std::uint64_t>(index));
        return hash(seed_ ^ hash(static_cast<std::uint64_t>(stream) ^ (position << 8U)));
    }

    /// In [0, 1).
    [[nodiscard]] double uniform(Chance stream, std::int64_t index) const noexcept {
        return static_cast<double>(bits(stream, index) >> 11U) * 0x1p-53;
    }

    /// In 0 .. count - 1.
    [[nodiscard]] int choice(Chance stream, std::int64_t index, int count) const noexcept {
        return static_cast<int>(uniform(stream, index) * count);
    }

  private:
    std::uint64_t seed_;
};

/// White noise, uniform in [-1, 1).
class Noise {
  public:
    explicit Noise(std::uint64_t seed = 0) noexcept : state_(seed) {}

    [[nodiscard]] double next() noexcept {
        return static_cast<double>(static_cast<std::int64_t>(hash(state_++))) * 0x1p-63;
    }

  private:
    std::uint64_t state_;
};

} // namespace stemlathe::demo
