#include "kernels/bands/bands.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/overlap_save.hpp"

#include <algorithm>

namespace stemlathe::cpu {

namespace {

/// All bands but the last come out of the filter; the last is what is missing to the input, so the
/// bands sum to it but for rounding.
class BandSplit final : public SplitStage {
  public:
    explicit BandSplit(BandFilters const& filters)
        : filter_(filters.length, filters.taps), bands_(filters.taps.size() + 1) {}

    [[nodiscard]] std::span<AudioView const> process(AudioView input) override {
        return with_last(filter_.process(input));
    }

    [[nodiscard]] std::span<AudioView const> finish() override {
        return with_last(filter_.finish());
    }

  private:
    std::span<AudioView const> with_last(std::span<AudioView const> filtered) {
        std::ranges::copy(filtered, bands_.begin());
        auto const input = filter_.input();
        reserve(last_, input.frames);
        auto const count = input.values().size();
        float* const rest = last_.samples();
        std::ranges::copy(input.values(), rest);
        for (auto const& band : filtered) {
            float const* const samples = band.samples;
            for (std::size_t i = 0; i < count; ++i) {
                rest[i] -= samples[i];
            }
        }
        bands_.back() = last_.view(input.frames, input.position);
        return bands_;
    }

    OverlapSave filter_;
    AudioBuffer last_;
    std::vector<AudioView> bands_;
};

} // namespace

std::unique_ptr<SplitStage> CpuBackend::make_band_split(BandSplitSettings const& settings) {
    return std::make_unique<BandSplit>(design_bands(settings));
}

} // namespace stemlathe::cpu
