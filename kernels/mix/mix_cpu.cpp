#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/mix/mix_stage.hpp"

#include <algorithm>
#include <array>

namespace stemlathe::cpu {

namespace {

constexpr std::int64_t kPart = 1024; ///< values whose sums stay in the nearest cache
using Sums = std::array<double, kPart>;

/// Adds kInputs inputs, one after the other, with one pass over the sums.
template <std::size_t kInputs>
void add_inputs(float const* const* inputs, std::int64_t first, std::int64_t count, Sums& sums) {
    std::array<float const*, kInputs> from;
    for (std::size_t k = 0; k < kInputs; ++k) {
        from[k] = inputs[k] + first;
    }
    for (std::int64_t i = 0; i < count; ++i) {
        double sum = sums[static_cast<std::size_t>(i)];
        for (std::size_t k = 0; k < kInputs; ++k) {
            sum = mix::add(sum, from[k][i]);
        }
        sums[static_cast<std::size_t>(i)] = sum;
    }
}

void add_up(mix::Sources const& sources, std::int64_t frames, float* output) {
    std::int64_t const values = frames * kChannels;
    Sums sums;
    for (std::int64_t first = 0; first < values; first += kPart) {
        auto const count = std::min(kPart, values - first);
        std::fill_n(sums.begin(), count, 0.0);
        int input = 0;
        for (; input + 4 <= sources.inputs; input += 4) {
            add_inputs<4>(sources.values + input, first, count, sums);
        }
        for (; input < sources.inputs; ++input) {
            add_inputs<1>(sources.values + input, first, count, sums);
        }
        for (std::int64_t i = 0; i < count; ++i) {
            output[first + i] = static_cast<float>(sums[static_cast<std::size_t>(i)]);
        }
    }
}

class Adder {
  public:
    [[nodiscard]] AudioView
    add(mix::Sources const& sources, std::int64_t frames, std::int64_t position) {
        reserve(output_, frames);
        auto const output = output_.view(frames, position);
        add_up(sources, frames, output.samples);
        return output;
    }

  private:
    AudioBuffer output_;
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_mix(MixSettings const& settings) {
    check_settings(settings);
    return std::make_unique<mix::MixStage<InputQueue, Adder>>(settings);
}

} // namespace stemlathe::cpu
