#pragma once

#include "kernels/base/audio.hpp"

#include <span>
#include <vector>

namespace stemlathe {

/// Gain-reduction traces hold one value per this many frames: fine enough for pictures and
/// percentiles.
inline constexpr std::int64_t kTraceHopFrames = 512;

/// A piece of processing with its own state. Audio flows through in segments; the result is
/// bit-identical for every segment size. Frames before 0 and after the end are zeros; total out =
/// total in (times the rate ratio for a resampler), latency compensated: output frame n belongs to
/// input frame n.
///
/// A stage may return fewer or more frames than it took; `finish` returns what is left. The view
/// returned is valid until the next call on the same stage, and may be the input itself where the
/// stage changes nothing. A stage with several inputs queues each of them, so they may arrive at
/// different paces, and works as far as the shortest reaches; its first input is the audio, further
/// ones are keys (a mix takes all as audio).
class Stage {
  public:
    Stage() = default;
    Stage(Stage const&) = delete;
    Stage& operator=(Stage const&) = delete;
    virtual ~Stage() = default;

    /// @param inputs  the next frames of each input, contiguous with what came before; empty views
    /// are allowed
    [[nodiscard]] virtual AudioView process(std::span<AudioView const> inputs) = 0;

    /// The frames that were still held back. Call once, after the last `process`.
    [[nodiscard]] virtual AudioView finish() = 0;

    [[nodiscard]] AudioView process(AudioView input) {
        return process(std::span<AudioView const>(&input, 1));
    }

    /// Highest gain reduction (positive dB) in each kTraceHopFrames of the song so far; empty for
    /// stages that do not reduce gain. Complete after `finish`.
    [[nodiscard]] virtual std::vector<float> gain_reduction_db() const {
        return {};
    }
};

/// A stage with several outputs, one per band. All bands advance together.
class SplitStage {
  public:
    SplitStage() = default;
    SplitStage(SplitStage const&) = delete;
    SplitStage& operator=(SplitStage const&) = delete;
    virtual ~SplitStage() = default;

    [[nodiscard]] virtual std::span<AudioView const> process(AudioView input) = 0;
    [[nodiscard]] virtual std::span<AudioView const> finish() = 0;
};

} // namespace stemlathe
