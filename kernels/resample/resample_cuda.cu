#include "kernels/base/assert.hpp"
#include "kernels/base/unchanged.hpp"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/resample/resample_math.hpp"

#include <algorithm>

namespace stemlathe::cuda {

namespace {

struct Polyphase {
    std::int64_t phases = 1;
    std::int64_t advance = 1;
    int taps = 0;
    float const* table = nullptr; ///< [taps][phases], phases in the order of output frames
};

/// @param input  from song frame `position` on
/// @param first  output frame of the song that output[0] is
__global__ void resample_kernel(
    Polyphase filter,
    float2 const* input,
    std::int64_t position,
    std::int64_t first,
    std::int64_t frames,
    float2* output
) {
    for (auto n = first_index(); n < frames; n += grid_size()) {
        auto const frame = first + n;
        auto const base = resample::moment_of(frame, filter.phases, filter.advance).base;
        auto const* const samples = input + (base - filter.taps / 2 + 1 - position);
        auto const* const coefficients = filter.table + frame % filter.phases;
        float2 front{0.0F, 0.0F};
        for (int j = 0; j < filter.taps / 2; ++j) {
            auto const coefficient = coefficients[j * filter.phases];
            front.x = resample::tap(coefficient, samples[j].x, front.x);
            front.y = resample::tap(coefficient, samples[j].y, front.y);
        }
        float2 back{0.0F, 0.0F};
        for (int j = filter.taps - 1; j >= filter.taps / 2; --j) {
            auto const coefficient = coefficients[j * filter.phases];
            back.x = resample::tap(coefficient, samples[j].x, back.x);
            back.y = resample::tap(coefficient, samples[j].y, back.y);
        }
        output[n] = {front.x + back.x, front.y + back.y};
    }
}

/// Neighbouring threads work on neighbouring output frames, so their coefficients lie side by side.
DeviceBuffer<float> table_of(PolyphaseFilter const& filter) {
    std::vector<float> table(filter.coefficients.size());
    for (std::int64_t frame = 0; frame < filter.phases; ++frame) {
        auto const phase = resample::moment_of(frame, filter.phases, filter.advance).phase;
        for (std::int64_t j = 0; j < filter.taps; ++j) {
            table[static_cast<std::size_t>(j * filter.phases + frame)] =
                filter.coefficients[static_cast<std::size_t>(phase * filter.taps + j)];
        }
    }
    return on_device(std::span<float const>{table});
}

class CudaResampler final : public Stage {
  public:
    CudaResampler(ResampleSettings const& settings, PolyphaseFilter const& filter)
        : settings_(settings),
          table_(table_of(filter)),
          filter_{
              .phases = filter.phases,
              .advance = filter.advance,
              .taps = filter.taps,
              .table = table_.data()},
          queue_(filter.taps / 2 - 1) {}

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        STEMLATHE_ASSERT(inputs.size() == 1);
        queue_.push(inputs.front());
        frames_in_ += inputs.front().frames;
        // An output frame needs half the taps after its moment.
        auto const reached = std::max<std::int64_t>(frames_in_ - filter_.taps / 2, 0);
        return convert_to(resampled_frames(reached, settings_));
    }

    [[nodiscard]] AudioView finish() override {
        queue_.push_zeros(filter_.taps / 2);
        return convert_to(resampled_frames(frames_in_, settings_));
    }

  private:
    /// Output frames up to `end` of the song.
    AudioView convert_to(std::int64_t end) {
        auto const frames = end - frames_out_;
        reserve(output_, frames);
        auto const output = output_.view(frames, frames_out_);
        auto const input = queue_.pending();
        launch(
            resample_kernel,
            frames,
            filter_,
            frames_of(input.samples),
            input.position,
            frames_out_,
            frames,
            frames_of(output.samples)
        );
        frames_out_ = end;
        auto const next = resample::moment_of(end, filter_.phases, filter_.advance).base -
                          filter_.taps / 2 + 1 - input.position;
        queue_.pop(std::clamp<std::int64_t>(next, 0, queue_.frames()));
        return output;
    }

    ResampleSettings settings_;
    DeviceBuffer<float> table_;
    Polyphase filter_;
    DeviceQueue queue_;
    AudioBuffer output_;
    std::int64_t frames_in_ = 0;
    std::int64_t frames_out_ = 0;
};

} // namespace

std::unique_ptr<Stage> CudaBackend::make_resampler(ResampleSettings const& settings) {
    check_settings(settings);
    if (settings.from_hz == settings.to_hz) {
        return std::make_unique<Unchanged>(Memory::device);
    }
    return std::make_unique<CudaResampler>(settings, design_polyphase(settings));
}

} // namespace stemlathe::cuda
