#pragma once

#include "kernels/spectrum/spectrum.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace stemlathe {

/// How sound reaches the ear: frontal in the open, or from all sides as in a room.
enum class Field { free, diffuse };

struct ExcitationSettings {
    int rate_hz = 48'000; ///< 8'000 .. 192'000
    int stems = 1;        ///< 1 .. 64
    Field field = Field::diffuse;
    /// dB SPL at an ear whose channel has a mean square of 1.0 (a full-scale sine is 3.01 dB under
    /// it); 0 .. 160.
    double calibration_db_spl = 95.0;
    /// How far up all filters are moved, 0 .. 0.5 Cam: two stages, one of them moved by 0.25, have
    /// twice as many filters together.
    double offset_cam = 0.0;
};

/// Borrowed excitation patterns [hops][stems][kChannels][bands]: power at the output of each
/// auditory filter relative to that of a 1 kHz tone of 0 dB SPL. Ear = channel. Trivially copyable.
struct ExcitationView {
    float* powers = nullptr;
    std::int64_t hops = 0;
    std::int64_t stems = 0;
    std::int64_t bands = 0;
    std::int64_t position = 0; ///< index of the first hop in the song
    Memory memory = Memory::host;

    /// The same values as stereo frames, for Backend::download.
    [[nodiscard]] AudioView as_frames() const noexcept {
        return {powers, hops * stems * bands, position * stems * bands, memory};
    }
};

/// Centre frequencies of the auditory filters: every half Cam from 1.8 to 38.8 Cam, 75 in all, all
/// moved by the offset, less what lies above the highest line of the spectra. Scale: Glasberg &
/// Moore, Hearing Research 47, 1990, eq. 4, with the constants of ANSI S3.4-2007.
/// @throws Failure{invalid_plan} a setting is out of range
[[nodiscard]] std::vector<double> excitation_bands_hz(ExcitationSettings const& settings);

/// Gain from the field through outer and middle ear to the cochlea, dB. Source: ANSI S3.4-2007,
/// tables of outer-ear and middle-ear transmission.
[[nodiscard]] double ear_gain_db(Field field, double hz);

/// Takes the power spectra of stems that are heard together and gives the excitation pattern of
/// each, ear by ear: outer and middle ear (ANSI S3.4-2007), level per ERB from the sum of all
/// stems, roex filters whose lower skirts grow shallower with that level (Glasberg & Moore 1990;
/// Moore, Glasberg & Baer, JAES 45(4), 1997). The filters are the same for all stems, so that
/// excitations add. Every hop stands alone: hops may be given in any order and cut in any way, to
/// any of several stages. Accuracy: within 3e-5 of each power, and 3e-11 of that of all lines.
class ExcitationStage {
  public:
    ExcitationStage() = default;
    ExcitationStage(ExcitationStage const&) = delete;
    ExcitationStage& operator=(ExcitationStage const&) = delete;
    virtual ~ExcitationStage() = default;

    /// @param stems  [settings.stems], the same hops of each
    /// @returns as many hops, valid until the next call
    [[nodiscard]] virtual ExcitationView process(std::span<SpectrumView const> stems) = 0;
};

} // namespace stemlathe
