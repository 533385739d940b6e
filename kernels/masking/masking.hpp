#pragma once

#include "kernels/excitation/excitation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// Which signal-to-masker ratio K counts as just detectable: the published one of Moore, Glasberg &
/// Baer, JAES 45(4), 1997, Fig. 9; or, for music, the same but never above 0 dB, for its rise at
/// low frequencies stands for the slow fluctuation of narrow noise. The latter is our choice.
enum class MaskingProfile { music, mgb97 };

struct MaskingSettings {
    int rate_hz = 48'000; ///< 8'000 .. 192'000
    int stems = 1;        ///< 1 .. 64
    MaskingProfile profile = MaskingProfile::music;
    double offset_cam = 0.0; ///< as in ExcitationSettings
};

/// What is known about a stem in every band.
enum class MaskingField {
    excitation_left, ///< power, as in ExcitationView
    excitation_right,
    masker_left, ///< what the stem adds to the threshold of every other, power
    masker_right,
    threshold_left, ///< excitation that the stem needs to be heard among the others, power
    threshold_right,
    margin_db, ///< excitation over threshold at the better ear; -100 where there is none
    importance ///< how much the band matters to the stem, 0 .. 1; over all bands 1, or 0
};

inline constexpr std::int64_t kMaskingFields = 8;

/// Borrowed values [hops][stems][kMaskingFields][bands]. Trivially copyable.
struct MaskingView {
    float* values = nullptr;
    std::int64_t hops = 0;
    std::int64_t stems = 0;
    std::int64_t bands = 0;
    std::int64_t position = 0; ///< index of the first hop in the song
    Memory memory = Memory::host;

    /// One field [bands]; host memory only.
    [[nodiscard]] std::span<float const>
    of(std::int64_t hop, std::int64_t stem, MaskingField field) const noexcept {
        auto const row = (hop * stems + stem) * kMaskingFields + static_cast<std::int64_t>(field);
        return {values + row * bands, static_cast<std::size_t>(bands)};
    }

    /// The same values as stereo frames, for Backend::download.
    [[nodiscard]] AudioView as_frames() const noexcept {
        auto const frames = stems * kMaskingFields * bands / kChannels;
        return {values, hops * frames, position * frames, memory};
    }
};

/// Share of a stem's threshold that one masker is to blame for, 0 .. 1.
[[nodiscard]] constexpr float masker_share(float masker, float threshold) noexcept {
    return masker / threshold;
}

/// Takes excitation patterns, hop after hop, and says who is heard among the others, and by how
/// much. The threshold of stem i in a band is K sum_{j != i} M_j + E_q: E_q is the excitation at
/// the threshold in quiet (ANSI S3.4-2007), K as MaskingProfile says, M_j the excitation of stem j
/// as it lingers: max(E, half of the smeared E), smeared by one pole of tau = 8 ms + 22 ms 100 Hz /
/// f (forward masking; ITU-R BS.1387-2, FFT ear model, 2.1.6; the half is ours). The margin is that
/// of the better ear, so that panning apart counts; binaural unmasking within a band is not
/// credited.
///
/// Importance: (E / E_q)^0.23 at the louder ear, where E is more than 3 dB over E_q and within
/// 15 dB of the stem's strongest band, over the sum of those; all 0 unless E is more than 15 dB
/// over E_q in some band. The exponent is that of loudness (Stevens, Psychol. Rev. 64, 1957), the
/// limits are ours.
class MaskingStage {
  public:
    MaskingStage() = default;
    MaskingStage(MaskingStage const&) = delete;
    MaskingStage& operator=(MaskingStage const&) = delete;
    virtual ~MaskingStage() = default;

    /// @param input  the next hops, contiguous with what came before
    /// @returns as many hops, valid until the next call
    [[nodiscard]] virtual MaskingView process(ExcitationView input) = 0;
};

} // namespace stemlathe
