#pragma once

#include "kernels/base/assert.hpp"
#include "kernels/masking/masking_math.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe::masking {

/// What comes in and where it goes, the same for both drivers.
/// @tparam Listener  made from the bands, which outlive it, and the number of stems. It has
/// `kMemory`; float* reserve(values), room that the next call may take away; and listen(input,
/// output), which fills [hops][stems][kMaskingFields][bands] and remembers what lingers
template <typename Listener>
class MaskedThresholds final : public MaskingStage {
  public:
    explicit MaskedThresholds(MaskingSettings const& settings)
        : bands_(design(settings)), stems_(settings.stems), listener_(bands_, settings.stems) {}

    [[nodiscard]] MaskingView process(ExcitationView input) override {
        STEMLATHE_ASSERT(input.stems == stems_ && input.memory == Listener::kMemory);
        STEMLATHE_ASSERT(input.bands == static_cast<std::int64_t>(bands_.size()));
        STEMLATHE_ASSERT(input.position == next_hop_);
        MaskingView output{
            .hops = input.hops,
            .stems = input.stems,
            .bands = input.bands,
            .position = input.position,
            .memory = Listener::kMemory};
        output.values = listener_.reserve(kChannels * output.as_frames().frames);
        listener_.listen(input, output);
        next_hop_ += input.hops;
        return output;
    }

  private:
    std::vector<Band> bands_;
    std::int64_t stems_;
    Listener listener_;
    std::int64_t next_hop_ = 0;
};

} // namespace stemlathe::masking
