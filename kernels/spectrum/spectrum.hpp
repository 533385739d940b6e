#pragma once

#include "kernels/base/audio.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace stemlathe {

struct SpectrumSettings {
    int rate_hz = 48'000; ///< 8'000 .. 192'000
    bool cross = false;   ///< also the cross-spectrum of the two channels
};

/// One line of a composite spectrum: neighbouring bins of one transform, together less than 0.1 Cam
/// wide.
struct SpectrumLine {
    double hz = 0.0; ///< mean of its bins
    int region = 0;  ///< resolution of its own bins: 0 is the finest, at the lowest frequencies
};

/// Borrowed power spectra [hops][rows][lines]: the mean square of each line, full scale 1.0, a sine
/// of amplitude a adding up to a^2 / 2. Ear = channel. Trivially copyable.
///
/// Rows are the left and the right ear. SpectrumSettings::cross adds two: real and imaginary part
/// of L conj(R), summed over each line's bins and scaled like the powers, so that equal channels
/// have their power as real part. Their squared sum over many hops, over the product of the summed
/// powers, is the coherence of what the channels carry.
struct SpectrumView {
    float* powers = nullptr;
    std::int64_t hops = 0;
    std::int64_t rows = kChannels;
    std::int64_t lines = 0;
    std::int64_t position = 0; ///< index of the first hop in the song
    Memory memory = Memory::host;

    /// `count` hops from `first` on, counted from this view's own first.
    [[nodiscard]] SpectrumView slice(std::int64_t first, std::int64_t count) const noexcept {
        return {powers + first * rows * lines, count, rows, lines, position + first, memory};
    }

    /// The same values as stereo frames, for Backend::download.
    [[nodiscard]] AudioView as_frames() const noexcept {
        auto const frames = rows / kChannels * lines;
        return {powers, hops * frames, position * frames, memory};
    }
};

/// Frames from one hop to the next: 512 at 44.1 and 48 kHz, doubled with each rate family.
/// @throws Failure{invalid_plan} the rate is out of range
[[nodiscard]] std::int64_t spectrum_hop_frames(SpectrumSettings const& settings);

/// The lines of every spectrum, from low to high; 216 at 48 kHz.
/// @throws Failure{invalid_plan} the rate is out of range
[[nodiscard]] std::vector<SpectrumLine> spectrum_lines(SpectrumSettings const& settings);

/// Takes audio and gives power spectra of several resolutions, long windows at low frequencies and
/// short ones at high frequencies as the ear has them, put together to one list of lines. Hop h is
/// the spectrum around frame h * spectrum_hop_frames; it exists where that frame does. Frames
/// before 0 and after the end are zeros. Bit-identical for every segment size.
///
/// Windows are periodic Hann: 20 to 500 Hz 4096 frames, to 1250 Hz 2048, to 4050 Hz 1024, to
/// 15 kHz 512, of which two half overlapped are averaged; all doubled with each rate family. Below
/// each of these edges one resolution fades over into the next, so that a tone that lies there
/// keeps its power. Their noise bandwidth is at most 0.6 of the ear's (Glasberg & Moore, Hearing
/// Research 47, 1990, eq. 3) from 50 Hz on, and every frame counts. Below 32 kHz windows are as
/// many frames, so longer in time, and what lies above Nyquist is left out.
///
/// Source of one spectrum from several windows: Glasberg & Moore, JAES 50(5), 2002; theirs are
/// shorter, which blurs steady sounds. Powers are neither calibrated nor weighted by an ear.
/// Accuracy: the root of each power within -120 dB of the loudest in its window, on either ear.
class SpectrumStage {
  public:
    SpectrumStage() = default;
    SpectrumStage(SpectrumStage const&) = delete;
    SpectrumStage& operator=(SpectrumStage const&) = delete;
    virtual ~SpectrumStage() = default;

    /// @param input  the next frames, contiguous with what came before; may be empty
    /// @param up_to_frame  hops that need frames from here on are held back, so that stages whose
    /// inputs arrive unevenly give the same hops
    /// @returns the hops that are complete, valid until the next call
    [[nodiscard]] virtual SpectrumView process(
        AudioView input, std::int64_t up_to_frame = std::numeric_limits<std::int64_t>::max()
    ) = 0;

    /// The hops that were still held back. Call once, after the last `process`.
    [[nodiscard]] virtual SpectrumView finish() = 0;
};

} // namespace stemlathe
