#pragma once

#include "kernels/bands/bands.hpp"
#include "kernels/base/stage.hpp"
#include "kernels/dynamics/dynamics.hpp"
#include "kernels/equaliser/equaliser.hpp"
#include "kernels/excitation/excitation.hpp"
#include "kernels/limiter/limiter.hpp"
#include "kernels/loudness/energies.hpp"
#include "kernels/masking/masking.hpp"
#include "kernels/mix/mix.hpp"
#include "kernels/pcm/pcm.hpp"
#include "kernels/placement/placement.hpp"
#include "kernels/quantise/quantise.hpp"
#include "kernels/regions/regions.hpp"
#include "kernels/resample/resample.hpp"
#include "kernels/spectrum/spectrum.hpp"
#include "kernels/store.hpp"
#include "kernels/true_peak/true_peak.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace stemlathe {

struct BackendInfo {
    std::string backend;  ///< "cpu" or "cuda"
    std::string identity; ///< "cpu/x86-64-v4", "cuda/sm_90": bits are promised within one identity
    std::string name;     ///< the processor or card
    std::string reason;   ///< a sentence: why this backend was chosen
    std::int64_t segment_frames = 0; ///< the segment size that suits it
    /// Songs up to this long lie in memory, longer ones in the scratch directory.
    std::int64_t memory_frames = std::numeric_limits<std::int64_t>::max();
    int stage_threads =
        1; ///< how many stages of one segment may run at once (1 where order is a stream's)
};

/// The whole vocabulary of processing. Every `make_` throws Failure{invalid_plan} for settings out
/// of range and Failure{out_of_memory} where the device is full. A stage belongs to the backend
/// that made it and takes views of that backend's memory only; different stages may run on
/// different threads.
class Backend {
  public:
    Backend() = default;
    Backend(Backend const&) = delete;
    Backend& operator=(Backend const&) = delete;
    virtual ~Backend() = default;

    [[nodiscard]] virtual BackendInfo const& info() const = 0;

    virtual std::unique_ptr<Unpacker> make_unpacker(UnpackSettings const&) = 0;
    virtual std::unique_ptr<Stage> make_placement(StereoMatrix const&) = 0;
    virtual std::unique_ptr<Stage> make_equaliser(EqualiserSettings const&) = 0;
    virtual std::unique_ptr<Stage> make_dynamic_band(DynamicBandSettings const&) = 0;
    virtual std::unique_ptr<Stage> make_region(RegionSettings const&) = 0;
    virtual std::unique_ptr<SplitStage> make_band_split(BandSplitSettings const&) = 0;
    virtual std::unique_ptr<Stage> make_dynamics(DynamicsSettings const&) = 0;
    virtual std::unique_ptr<Stage> make_mix(MixSettings const&) = 0;
    virtual std::unique_ptr<Stage> make_resampler(ResampleSettings const&) = 0;
    virtual std::unique_ptr<EnergyMeter> make_energy_meter(EnergySettings const&) = 0;
    virtual std::unique_ptr<TruePeakMeter> make_true_peak_meter(TruePeakSettings const&) = 0;
    virtual std::unique_ptr<SpectrumStage> make_spectrum(SpectrumSettings const&) = 0;
    virtual std::unique_ptr<ExcitationStage> make_excitation(ExcitationSettings const&) = 0;
    virtual std::unique_ptr<MaskingStage> make_masking(MaskingSettings const&) = 0;
    virtual std::unique_ptr<Stage> make_limiter(LimiterSettings const&) = 0;
    virtual std::unique_ptr<Quantiser> make_quantiser(QuantiseSettings const&) = 0;
    virtual std::unique_ptr<AudioStore> make_store(StoreSettings const&) = 0;

    /// Room for audio in this backend's memory.
    [[nodiscard]] virtual AudioBuffer make_buffer(std::int64_t frames) = 0;

    /// Copies host samples [frames] stereo to this backend's memory; valid as long as `into` is not
    /// used again.
    [[nodiscard]] virtual AudioView
    upload(std::span<float const> interleaved, std::int64_t position, AudioBuffer& into) = 0;

    /// Copies a view to host memory: exactly 2 * view.frames values.
    virtual void download(AudioView view, std::span<float> interleaved) = 0;
};

struct BackendChoice {
    enum class Kind { automatic, cpu, cuda };
    Kind kind = Kind::automatic;
    int device = 0; ///< cuda:N
};

/// "auto", "cpu", "cuda", "cuda:1". @throws Failure{invalid_argument}
[[nodiscard]] BackendChoice parse_backend_choice(std::string_view text);

/// The one place where CPU or GPU is chosen. `automatic` takes a usable CUDA device, else the CPU;
/// an explicit kind never falls back. STEMLATHE_ISA=v3 pins the CPU's instruction set.
/// @throws Failure{no_device} with the reason in a sentence
[[nodiscard]] std::unique_ptr<Backend> open_backend(BackendChoice const& choice = {});

struct DeviceReport {
    std::string backend;
    std::string identity;
    std::string name;
    bool usable = false;
    std::string reason; ///< a sentence, also when usable
};

/// Every processor and card this machine has, usable or not, each with a sentence.
[[nodiscard]] std::vector<DeviceReport> list_devices();

} // namespace stemlathe
