#pragma once

#include "kernels/base/assert.hpp"
#include "kernels/excitation/excitation_math.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace stemlathe::excitation {

/// What comes in and where it goes, the same for both drivers.
/// @tparam Cochlea  made from a Design, which outlives it. It has `kMemory`; float*
/// reserve(values), room that the next call may take away; and excite(stems, output), which fills
/// [hops][stems][kChannels][bands]
template <typename Cochlea>
class CommonFilters final : public ExcitationStage {
  public:
    explicit CommonFilters(ExcitationSettings const& settings)
        : design_(design(settings)),
          stems_(static_cast<std::size_t>(settings.stems)),
          cochlea_(design_) {}

    [[nodiscard]] ExcitationView process(std::span<SpectrumView const> stems) override {
        STEMLATHE_ASSERT(stems.size() == stems_);
        auto const& first = stems.front();
        for (auto const& stem : stems) {
            STEMLATHE_ASSERT(stem.hops == first.hops && stem.position == first.position);
            STEMLATHE_ASSERT(stem.rows == kChannels && stem.lines == design_.line_count());
            STEMLATHE_ASSERT(stem.memory == Cochlea::kMemory);
        }
        ExcitationView output{
            .hops = first.hops,
            .stems = static_cast<std::int64_t>(stems.size()),
            .bands = design_.band_count(),
            .position = first.position,
            .memory = Cochlea::kMemory};
        output.powers = cochlea_.reserve(kChannels * output.as_frames().frames);
        cochlea_.excite(stems, output);
        return output;
    }

  private:
    Design design_;
    std::size_t stems_;
    Cochlea cochlea_;
};

} // namespace stemlathe::excitation
