#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace stemlathe::demo {

/// Band-limited sawtooths, one table per half octave of pitch, so that no harmonic lies above
/// Nyquist. At most 512 harmonics on 4096 points: what linear interpolation adds stays 85 dB under
/// the fundamental.
class SawTables {
  public:
    static constexpr int kPoints = 4096;

    SawTables();

    /// The brightest table whose harmonics of `hz` all lie below Nyquist: kPoints + 2 values,
    /// since a phase may round up to a whole turn.
    [[nodiscard]] float const* saw(double hz, double rate_hz) const noexcept;

    /// One harmonic alone.
    [[nodiscard]] float const* sine() const noexcept;

  private:
    static constexpr std::size_t kTables = 19;
    std::array<std::vector<float>, kTables> tables_;
};

/// Reads a table at a pitch.
class Oscillator {
  public:
    void tune(float const* table, double hz, double rate_hz) noexcept {
        table_ = table;
        step_ = hz / rate_hz;
    }

    /// @param phase  in turns; whole turns count for nothing
    void set_phase(double phase) noexcept {
        phase_ = phase - std::floor(phase);
    }

    [[nodiscard]] double next() noexcept {
        double const value = at(phase_);
        move();
        return value;
    }

    /// As `next`, with the phase shifted by part of a turn, -1 .. 1.
    [[nodiscard]] double next(double shift) noexcept {
        double const turn = phase_ + shift;
        double const value = at(turn - std::floor(turn));
        move();
        return value;
    }

  private:
    [[nodiscard]] double at(double turn) const noexcept {
        double const place = turn * SawTables::kPoints;
        auto const index = static_cast<int>(place);
        double const part = place - index;
        double const low = static_cast<double>(table_[index]);
        double const high = static_cast<double>(table_[index + 1]);
        return low + part * (high - low);
    }

    void move() noexcept {
        phase_ += step_;
        if (phase_ >= 1.0) {
            phase_ -= 1.0;
        }
    }

    float const* table_ = nullptr;
    double phase_ = 0.0;
    double step_ = 0.0;
};

/// Pitch of a MIDI note in equal temperament, 69 = 440 Hz.
[[nodiscard]] inline double hz_of_note(double note) noexcept {
    return 440.0 * std::exp2((note - 69.0) / 12.0);
}

} // namespace stemlathe::demo
