#pragma once

#include "kernels/base/assert.hpp"
#include "kernels/spectrum/spectrum_math.hpp"

#include <algorithm>
#include <cstdint>

namespace stemlathe::spectrum {

/// Which hops are complete and which frames they still need, the same for both drivers.
/// @tparam Queue  the driver's queue of one input
/// @tparam Transformer  made from a Design, which outlives it. It has `kMemory`; kSliceHops, how
/// many hops' frames to queue before it is called; float* reserve(values), room that the next call
/// may take away; and transform(queue, first_hop, count, powers), which fills
/// [count][rows][lines] from frames that begin reach_frames before the first hop's.
template <typename Queue, typename Transformer>
class QueuedSpectrum final : public SpectrumStage {
  public:
    explicit QueuedSpectrum(SpectrumSettings const& settings)
        : design_(design(settings)), queue_(design_.reach_frames), transformer_(design_) {}

    [[nodiscard]] SpectrumView process(AudioView input, std::int64_t up_to_frame) override {
        auto const complete_hops = [&](std::int64_t frames) {
            return std::max(design_.complete_hops(std::min(frames, up_to_frame)), next_hop_);
        };
        auto const view = begin(complete_hops(frames_in_ + input.frames));
        auto const slice_frames = Transformer::kSliceHops * design_.hop_frames;
        for (std::int64_t at = 0; at < input.frames; at += slice_frames) {
            auto const slice = input.slice(at, std::min(slice_frames, input.frames - at));
            queue_.push(slice);
            frames_in_ += slice.frames;
            transform_to(complete_hops(frames_in_), view);
        }
        transform_to(complete_hops(frames_in_), view); // held back before, and nothing came since
        return view;
    }

    [[nodiscard]] SpectrumView finish() override {
        auto const end = design_.song_hops(frames_in_);
        auto const view = begin(end);
        auto const last_needed = (end - 1) * design_.hop_frames + design_.reach_frames;
        queue_.push_zeros(std::max<std::int64_t>(last_needed - frames_in_, 0));
        transform_to(end, view);
        return view;
    }

  private:
    /// Room for the hops up to `end`.
    SpectrumView begin(std::int64_t end) {
        auto const hops = end - next_hop_;
        auto const lines = design_.line_count();
        return {
            .powers = transformer_.reserve(hops * design_.rows * lines),
            .hops = hops,
            .rows = design_.rows,
            .lines = lines,
            .position = next_hop_,
            .memory = Transformer::kMemory};
    }

    void transform_to(std::int64_t end, SpectrumView const& view) {
        if (end == next_hop_) {
            return;
        }
        auto* const powers = view.slice(next_hop_ - view.position, 0).powers;
        auto const queue = queue_.pending();
        STEMLATHE_ASSERT(queue.position == next_hop_ * design_.hop_frames - design_.reach_frames);
        transformer_.transform(queue, next_hop_, end - next_hop_, powers);
        queue_.pop((end - next_hop_) * design_.hop_frames);
        next_hop_ = end;
    }

    Design design_;
    Queue queue_; ///< begins reach_frames before the next hop's frame
    Transformer transformer_;
    std::int64_t frames_in_ = 0;
    std::int64_t next_hop_ = 0;
};

} // namespace stemlathe::spectrum
