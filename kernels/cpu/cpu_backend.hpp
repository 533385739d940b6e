#pragma once

#include "kernels/backend.hpp"

namespace stemlathe::cpu {

/// A four-minute bus at 48 kHz fits; longer songs go to the scratch file, so that a song of any
/// length costs the same memory.
inline constexpr std::int64_t kMemoryFrames = 12'000'000;

/// The CPU side of the vocabulary. Its `make_` members are defined in the stage folders, each next
/// to its loops. Stages run on the thread that calls them; the host decides which stages run side
/// by side.
class CpuBackend final : public Backend {
  public:
    explicit CpuBackend(BackendInfo info);

    [[nodiscard]] BackendInfo const& info() const override;

    std::unique_ptr<Unpacker> make_unpacker(UnpackSettings const& settings) override;
    std::unique_ptr<Stage> make_placement(StereoMatrix const& matrix) override;
    std::unique_ptr<Stage> make_equaliser(EqualiserSettings const& settings) override;
    std::unique_ptr<Stage> make_dynamic_band(DynamicBandSettings const& settings) override;
    std::unique_ptr<Stage> make_region(RegionSettings const& settings) override;
    std::unique_ptr<SplitStage> make_band_split(BandSplitSettings const& settings) override;
    std::unique_ptr<Stage> make_dynamics(DynamicsSettings const& settings) override;
    std::unique_ptr<Stage> make_mix(MixSettings const& settings) override;
    std::unique_ptr<Stage> make_resampler(ResampleSettings const& settings) override;
    std::unique_ptr<EnergyMeter> make_energy_meter(EnergySettings const& settings) override;
    std::unique_ptr<TruePeakMeter> make_true_peak_meter(TruePeakSettings const& settings) override;
    std::unique_ptr<SpectrumStage> make_spectrum(SpectrumSettings const& settings) override;
    std::unique_ptr<ExcitationStage> make_excitation(ExcitationSettings const& settings) override;
    std::unique_ptr<MaskingStage> make_masking(MaskingSettings const& settings) override;
    std::unique_ptr<Stage> make_limiter(LimiterSettings const& settings) override;
    std::unique_ptr<Quantiser> make_quantiser(QuantiseSettings const& settings) override;
    std::unique_ptr<AudioStore> make_store(StoreSettings const& settings) override;

    [[nodiscard]] AudioBuffer make_buffer(std::int64_t frames) override;
    [[nodiscard]] AudioView
    upload(std::span<float const> interleaved, std::int64_t position, AudioBuffer& into) override;
    void download(AudioView view, std::span<float> interleaved) override;

  private:
    BackendInfo info_;
};

/// Host audio, 64-byte aligned. @throws Failure{out_of_memory}
[[nodiscard]] AudioBuffer allocate(std::int64_t frames);

/// Makes `buffer` at least `frames` long; what it held is lost.
void reserve(AudioBuffer& buffer, std::int64_t frames);

} // namespace stemlathe::cpu
