#include "kernels/base/assert.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/mix/mix_math.hpp"

#include <algorithm>
#include <array>
#include <limits>

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

class CpuMix final : public Stage {
  public:
    explicit CpuMix(MixSettings const& settings)
        : queues_(static_cast<std::size_t>(settings.inputs)) {}

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        STEMLATHE_ASSERT(inputs.size() == queues_.size());
        if (inputs.size() == 1) {
            return inputs.front();
        }
        auto ready = std::numeric_limits<std::int64_t>::max();
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            ready = std::min(ready, queues_[i].frames() + inputs[i].frames);
        }
        // An input that has nothing queued is read where it lies, and only its rest is kept.
        mix::Sources sources{.values = {}, .inputs = static_cast<int>(inputs.size())};
        std::vector<AudioView> rests(inputs.size());
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (queues_[i].frames() > 0) {
                queues_[i].push(inputs[i]);
                sources.values[i] = queues_[i].pending().samples;
            } else {
                sources.values[i] = inputs[i].samples;
                rests[i] = inputs[i].slice(ready, inputs[i].frames - ready);
            }
        }
        auto const output = add(sources, ready);
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (queues_[i].frames() > 0) {
                queues_[i].pop(ready);
            } else {
                queues_[i].push(rests[i]);
            }
        }
        return output;
    }

    [[nodiscard]] AudioView finish() override {
        std::int64_t longest = 0;
        for (auto const& queue : queues_) {
            longest = std::max(longest, queue.frames());
        }
        mix::Sources sources{.values = {}, .inputs = static_cast<int>(queues_.size())};
        for (std::size_t i = 0; i < queues_.size(); ++i) {
            queues_[i].push_zeros(longest - queues_[i].frames());
            sources.values[i] = queues_[i].pending().samples;
        }
        return add(sources, longest);
    }

  private:
    AudioView add(mix::Sources const& sources, std::int64_t frames) {
        reserve(output_, frames);
        auto const output = output_.view(frames, position_);
        add_up(sources, frames, output.samples);
        position_ += frames;
        return output;
    }

    std::vector<InputQueue> queues_;
    AudioBuffer output_;
    std::int64_t position_ = 0;
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_mix(MixSettings const& settings) {
    check_settings(settings);
    return std::make_unique<CpuMix>(settings);
}

} // namespace stemlathe::cpu
