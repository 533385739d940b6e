#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace stemlathe {

/// A measured value and where its stretch begins.
struct CutMoment {
    double value = 0.0;
    double at_s = 0.0;
};

/// The worst of a song for each of a cutting room's questions; nullopt: nothing there to measure.
struct CutReading {
    /// Side over mid, 20 to 150 Hz, dB, in 400 ms.
    std::optional<CutMoment> bass_width_db = std::nullopt;
    /// Left with right below 300 Hz, -1 to 1, in 400 ms.
    std::optional<CutMoment> bass_correlation = std::nullopt;
    /// 5 to 15 kHz in 10 ms over 0.5 to 2 kHz in the 400 ms around it, dB, both as the recording
    /// characteristic has them. The latter counts as no less than 10 dB under its mean in the song:
    /// what is bright and soft is no danger.
    std::optional<CutMoment> sibilance_db = std::nullopt;
    /// Left with right, in a second.
    std::optional<CutMoment> correlation = std::nullopt;
};

/// Listens to a song as a cutting head must follow it. Stretches under -50 dBFS (RMS of both
/// channels, in the band in question) are left out. Memory: 8 bytes per 10 ms.
class CutMeter {
  public:
    explicit CutMeter(int rate_hz);
    CutMeter(CutMeter const&) = delete;
    CutMeter& operator=(CutMeter const&) = delete;
    ~CutMeter();

    /// @param samples  the next frames, interleaved stereo, full scale 1.0
    void add(std::span<double const> samples);

    /// The last, incomplete stretches are left out.
    [[nodiscard]] CutReading finish() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace stemlathe
