#pragma once

#include "kernels/base/assert.hpp"
#include "kernels/base/stage.hpp"
#include "kernels/base/units.hpp"
#include "kernels/regions/regions.hpp"
#include "kernels/regions/regions_math.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace stemlathe::regions {

/// The region's equaliser over the frames that it needs: its blocks are anchored at the first of
/// them, not at 0, so that a late region costs no more than an early one.
template <typename OverlapSave>
class RegionFilter {
  public:
    RegionFilter(FirDesign const& design, RegionSettings const& settings)
        : filter_(design.length, {&design.taps, 1}),
          begin_(std::max<std::int64_t>(settings.first_frame() - design.length / 2, 0)),
          end_(settings.last_frame() + design.length / 2) {}

    /// Takes what it needs of `input` and gives filtered frames, in song positions, to `use`.
    template <typename Use>
    void process(AudioView input, Use const& use) {
        auto const from = std::clamp<std::int64_t>(begin_ - input.position, 0, input.frames);
        auto const to = std::clamp<std::int64_t>(end_ - input.position, 0, input.frames);
        if (to > from) {
            use(in_song(filter_.process(input.slice(from, to - from)).front()));
        }
        if (input.position + input.frames >= end_) {
            finish(use);
        }
    }

    template <typename Use>
    void finish(Use const& use) {
        if (!finished_) {
            finished_ = true;
            use(in_song(filter_.finish().front()));
        }
    }

  private:
    [[nodiscard]] AudioView in_song(AudioView filtered) const noexcept {
        filtered.position += begin_;
        return filtered;
    }

    OverlapSave filter_;
    std::int64_t begin_; ///< frames of the song that reach into the region
    std::int64_t end_;
    bool finished_ = false;
};

/// Holds frames back from the region's beginning until their filtered twins have come, and no
/// others: before and after, the input is passed on as it is. The same for both drivers.
/// @tparam Queue  the driver's queue of one input
/// @tparam OverlapSave  its filter
/// @tparam Fade  has void operator()(CrossFade), which fades
template <typename Queue, typename OverlapSave, typename Fade>
class RegionStage final : public Stage {
  public:
    explicit RegionStage(RegionSettings const& settings)
        : range_{settings.start_frame, settings.end_frame, settings.fade_frames},
          first_(settings.first_frame()),
          last_(settings.last_frame()),
          gain_(
              settings.gain_db == kSilence_db ? 0.0F
                                              : static_cast<float>(gain_from_db(settings.gain_db))
          ) {
        if (!is_identity(settings.bands)) {
            filter_.emplace(
                design_fir({.rate_hz = settings.rate_hz, .bands = settings.bands}), settings
            );
        }
    }

    using Stage::process;

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        STEMLATHE_ASSERT(inputs.size() == 1);
        held_.pop(std::exchange(frames_to_drop_, 0));
        auto input = inputs.front();
        input.position = std::exchange(frames_in_, frames_in_ + input.frames);
        bool const is_outside = frames_in_ <= first_ || input.position >= last_;
        if (is_outside && held_.frames() == 0) {
            if (filter_) { // its run-up; what comes out of it lies before the region or after
                filter_->process(input, [](AudioView) {});
            }
            frames_out_ = frames_in_;
            return input;
        }
        held_.push(input);
        if (!filter_) {
            mix(held());
        } else {
            filter_->process(input, [this](AudioView wet) { mix(wet); });
        }
        bool const is_past = frames_mixed_ >= last_;
        return give(is_past ? frames_in_ : std::min(std::max(first_, frames_mixed_), frames_in_));
    }

    [[nodiscard]] AudioView finish() override {
        held_.pop(std::exchange(frames_to_drop_, 0));
        if (filter_) {
            filter_->finish([this](AudioView wet) { mix(wet); });
        }
        return give(frames_in_);
    }

  private:
    /// The frames that came and were not given yet.
    [[nodiscard]] AudioView held() const noexcept {
        auto view = held_.pending();
        view.position = frames_out_;
        return view;
    }

    /// Cross-fades to `wet` among the frames held; `wet` may be those frames.
    void mix(AudioView wet) {
        auto const from = std::max(wet.position, first_);
        auto const to = std::min(wet.position + wet.frames, last_);
        fade_({.from = from, .to = to, .range = range_, .gain = gain_, .wet = wet, .dry = held()});
        frames_mixed_ = wet.position + wet.frames;
    }

    /// What is held before frame `until` of the song.
    AudioView give(std::int64_t until) {
        auto const given = held().slice(0, until - frames_out_);
        frames_to_drop_ = given.frames;
        frames_out_ = until;
        return given;
    }

    Range range_;
    std::int64_t first_; ///< frames [first, last) may change
    std::int64_t last_;
    float gain_;
    std::optional<RegionFilter<OverlapSave>> filter_;
    Fade fade_;
    Queue held_;
    std::int64_t frames_to_drop_ = 0; ///< given by the last call, still in the queue
    std::int64_t frames_in_ = 0;
    std::int64_t frames_mixed_ = 0; ///< up to here the region has done its work
    std::int64_t frames_out_ = 0;
};

} // namespace stemlathe::regions
