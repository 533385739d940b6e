#include "kernels/cuda/bound_backend.cuh"
#include "kernels/cuda/check.cuh"

#include <utility>

namespace stemlathe::cuda {

namespace {

/// An object whose every use, its end included, turns the calling thread to the object's card.
template <typename T>
class OnDevice {
  public:
    OnDevice(int device, std::unique_ptr<T> object) : device_(device), object_(std::move(object)) {}

    OnDevice(OnDevice const&) = delete;
    OnDevice& operator=(OnDevice const&) = delete;

    ~OnDevice() {
        static_cast<void>(cudaSetDevice(device_)); // a destructor has nobody to tell
    }

    T* operator->() const {
        check(cudaSetDevice(device_));
        return object_.get();
    }

  private:
    int device_;
    std::unique_ptr<T> object_; ///< destroyed after the destructor's body has run
};

class BoundStage final : public Stage {
  public:
    BoundStage(int device, std::unique_ptr<Stage> stage) : stage_(device, std::move(stage)) {}

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        return stage_->process(inputs);
    }

    [[nodiscard]] AudioView finish() override {
        return stage_->finish();
    }

    [[nodiscard]] std::vector<float> gain_reduction_db() const override {
        return stage_->gain_reduction_db();
    }

  private:
    OnDevice<Stage> stage_;
};

class BoundSplitStage final : public SplitStage {
  public:
    BoundSplitStage(int device, std::unique_ptr<SplitStage> stage)
        : stage_(device, std::move(stage)) {}

    [[nodiscard]] std::span<AudioView const> process(AudioView input) override {
        return stage_->process(input);
    }

    [[nodiscard]] std::span<AudioView const> finish() override {
        return stage_->finish();
    }

  private:
    OnDevice<SplitStage> stage_;
};

class BoundUnpacker final : public Unpacker {
  public:
    BoundUnpacker(int device, std::unique_ptr<Unpacker> unpacker)
        : unpacker_(device, std::move(unpacker)) {}

    [[nodiscard]] AudioView process(PackedAudio packed) override {
        return unpacker_->process(packed);
    }

  private:
    OnDevice<Unpacker> unpacker_;
};

class BoundEnergyMeter final : public EnergyMeter {
  public:
    BoundEnergyMeter(int device, std::unique_ptr<EnergyMeter> meter)
        : meter_(device, std::move(meter)) {}

    void process(AudioView input) override {
        meter_->process(input);
    }

    [[nodiscard]] EnergyTrack finish() override {
        return meter_->finish();
    }

  private:
    OnDevice<EnergyMeter> meter_;
};

class BoundTruePeakMeter final : public TruePeakMeter {
  public:
    BoundTruePeakMeter(int device, std::unique_ptr<TruePeakMeter> meter)
        : meter_(device, std::move(meter)) {}

    void process(AudioView input) override {
        meter_->process(input);
    }

    [[nodiscard]] TruePeakReading finish() override {
        return meter_->finish();
    }

  private:
    OnDevice<TruePeakMeter> meter_;
};

class BoundSpectrumStage final : public SpectrumStage {
  public:
    BoundSpectrumStage(int device, std::unique_ptr<SpectrumStage> stage)
        : stage_(device, std::move(stage)) {}

    [[nodiscard]] SpectrumView process(AudioView input, std::int64_t up_to_frame) override {
        return stage_->process(input, up_to_frame);
    }

    [[nodiscard]] SpectrumView finish() override {
        return stage_->finish();
    }

  private:
    OnDevice<SpectrumStage> stage_;
};

class BoundExcitationStage final : public ExcitationStage {
  public:
    BoundExcitationStage(int device, std::unique_ptr<ExcitationStage> stage)
        : stage_(device, std::move(stage)) {}

    [[nodiscard]] ExcitationView process(std::span<SpectrumView const> stems) override {
        return stage_->process(stems);
    }

  private:
    OnDevice<ExcitationStage> stage_;
};

class BoundMaskingStage final : public MaskingStage {
  public:
    BoundMaskingStage(int device, std::unique_ptr<MaskingStage> stage)
        : stage_(device, std::move(stage)) {}

    [[nodiscard]] MaskingView process(ExcitationView input) override {
        return stage_->process(input);
    }

  private:
    OnDevice<MaskingStage> stage_;
};

class BoundQuantiser final : public Quantiser {
  public:
    BoundQuantiser(int device, std::unique_ptr<Quantiser> quantiser)
        : quantiser_(device, std::move(quantiser)) {}

    [[nodiscard]] PackedAudio process(AudioView input) override {
        return quantiser_->process(input);
    }

    [[nodiscard]] std::int64_t clipped_samples() const override {
        return quantiser_->clipped_samples();
    }

  private:
    OnDevice<Quantiser> quantiser_;
};

class BoundStore final : public AudioStore {
  public:
    BoundStore(int device, std::unique_ptr<AudioStore> store) : store_(device, std::move(store)) {}

    void append(AudioView input) override {
        store_->append(input);
    }

    void seal() override {
        store_->seal();
    }

    [[nodiscard]] std::int64_t frames() const override {
        return store_->frames();
    }

    [[nodiscard]] AudioView
    read(std::int64_t position, std::int64_t count, AudioBuffer& window) const override {
        return store_->read(position, count, window);
    }

  private:
    OnDevice<AudioStore> store_;
};

class BoundBackend final : public Backend {
  public:
    BoundBackend(int device, std::unique_ptr<Backend> backend)
        : device_(device), backend_(device, std::move(backend)) {}

    [[nodiscard]] BackendInfo const& info() const override {
        return backend_->info();
    }

    std::unique_ptr<Unpacker> make_unpacker(UnpackSettings const& settings) override {
        return std::make_unique<BoundUnpacker>(device_, backend_->make_unpacker(settings));
    }

    std::unique_ptr<Stage> make_placement(StereoMatrix const& matrix) override {
        return bound(backend_->make_placement(matrix));
    }

    std::unique_ptr<Stage> make_equaliser(EqualiserSettings const& settings) override {
        return bound(backend_->make_equaliser(settings));
    }

    std::unique_ptr<Stage> make_dynamic_band(DynamicBandSettings const& settings) override {
        return bound(backend_->make_dynamic_band(settings));
    }

    std::unique_ptr<Stage> make_region(RegionSettings const& settings) override {
        return bound(backend_->make_region(settings));
    }

    std::unique_ptr<SplitStage> make_band_split(BandSplitSettings const& settings) override {
        return std::make_unique<BoundSplitStage>(device_, backend_->make_band_split(settings));
    }

    std::unique_ptr<Stage> make_dynamics(DynamicsSettings const& settings) override {
        return bound(backend_->make_dynamics(settings));
    }

    std::unique_ptr<Stage> make_mix(MixSettings const& settings) override {
        return bound(backend_->make_mix(settings));
    }

    std::unique_ptr<Stage> make_resampler(ResampleSettings const& settings) override {
        return bound(backend_->make_resampler(settings));
    }

    std::unique_ptr<EnergyMeter> make_energy_meter(EnergySettings const& settings) override {
        return std::make_unique<BoundEnergyMeter>(device_, backend_->make_energy_meter(settings));
    }

    std::unique_ptr<TruePeakMeter> make_true_peak_meter(TruePeakSettings const& settings) override {
        return std::make_unique<BoundTruePeakMeter>(
            device_, backend_->make_true_peak_meter(settings)
        );
    }

    std::unique_ptr<SpectrumStage> make_spectrum(SpectrumSettings const& settings) override {
        return std::make_unique<BoundSpectrumStage>(device_, backend_->make_spectrum(settings));
    }

    std::unique_ptr<ExcitationStage> make_excitation(ExcitationSettings const& settings) override {
        return std::make_unique<BoundExcitationStage>(device_, backend_->make_excitation(settings));
    }

    std::unique_ptr<MaskingStage> make_masking(MaskingSettings const& settings) override {
        return std::make_unique<BoundMaskingStage>(device_, backend_->make_masking(settings));
    }

    std::unique_ptr<Stage> make_limiter(LimiterSettings const& settings) override {
        return bound(backend_->make_limiter(settings));
    }

    std::unique_ptr<Quantiser> make_quantiser(QuantiseSettings const& settings) override {
        return std::make_unique<BoundQuantiser>(device_, backend_->make_quantiser(settings));
    }

    std::unique_ptr<AudioStore> make_store(StoreSettings const& settings) override {
        return std::make_unique<BoundStore>(device_, backend_->make_store(settings));
    }

    [[nodiscard]] AudioBuffer make_buffer(std::int64_t frames) override {
        return backend_->make_buffer(frames);
    }

    [[nodiscard]] AudioView
    upload(std::span<float const> interleaved, std::int64_t position, AudioBuffer& into) override {
        return backend_->upload(interleaved, position, into);
    }

    void download(AudioView view, std::span<float> interleaved) override {
        backend_->download(view, interleaved);
    }

  private:
    [[nodiscard]] std::unique_ptr<Stage> bound(std::unique_ptr<Stage> stage) const {
        return std::make_unique<BoundStage>(device_, std::move(stage));
    }

    int device_;
    OnDevice<Backend> backend_;
};

} // namespace

std::unique_ptr<Backend> bind_to_device(int device, std::unique_ptr<Backend> backend) {
    return std::make_unique<BoundBackend>(device, std::move(backend));
}

} // namespace stemlathe::cuda
