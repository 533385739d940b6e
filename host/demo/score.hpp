#pragma once

#include "host/demo/noise.hpp"
#include "host/demo/settings.hpp"

#include <array>
#include <cstdint>

namespace stemlathe::demo {

/// A triad. Pitch classes: semitones above C, 0 .. 11.
struct Chord {
    int root = 0;
    int third = 4;
    int fifth = 7;
};

/// Lowest MIDI note of a pitch class that is not below `lowest`.
[[nodiscard]] int place_note(int pitch_class, int lowest) noexcept;

/// The song on paper: when each bar starts, which section it belongs to and which chord it has.
/// Verses and choruses alternate, beginning with a verse, in sections of equal length; the tempo
/// is fitted so that they fill the length asked for. Bar `bars()` is the closing chord.
class Score {
  public:
    explicit Score(DemoSettings const& settings);

    [[nodiscard]] Dice const& dice() const noexcept {
        return dice_;
    }

    [[nodiscard]] double duration_s() const noexcept {
        return duration_s_;
    }

    [[nodiscard]] int bars() const noexcept {
        return sections_ * section_bars_;
    }

    [[nodiscard]] int section_bars() const noexcept {
        return section_bars_;
    }

    [[nodiscard]] int sections() const noexcept {
        return sections_;
    }

    [[nodiscard]] double beat_s() const noexcept {
        return beat_s_;
    }

    /// A moment in a bar of four beats; `beat` may be negative for an upbeat.
    [[nodiscard]] double time_s(int bar, double beat = 0.0) const noexcept {
        return start_s_ + (4.0 * bar + beat) * beat_s_;
    }

    [[nodiscard]] bool is_chorus(int bar) const noexcept {
        return (bar / section_bars_) % 2 == 1;
    }

    [[nodiscard]] bool is_ending(int bar) const noexcept {
        return bar >= bars();
    }

    [[nodiscard]] int bar_in_section(int bar) const noexcept {
        return bar % section_bars_;
    }

    [[nodiscard]] bool starts_section(int bar) const noexcept {
        return bar_in_section(bar) == 0;
    }

    [[nodiscard]] bool ends_section(int bar) const noexcept {
        return bar_in_section(bar) == section_bars_ - 1;
    }

    /// Semitones above C of the major key.
    [[nodiscard]] int key() const noexcept {
        return key_;
    }

    [[nodiscard]] Chord chord(int bar) const noexcept;

  private:
    Dice dice_;
    double duration_s_;
    double start_s_ = 0.0;
    double beat_s_ = 0.5;
    int sections_ = 2;
    int section_bars_ = 1;
    int key_ = 0;
    std::array<int, 2> progression_{}; ///< of verse and chorus
};

} // namespace stemlathe::demo
