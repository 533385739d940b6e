#include "kernels/base/assert.hpp"
#include "kernels/base/unchanged.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/resample/polyphase_cpu.hpp"

#include <algorithm>

namespace stemlathe::cpu {

namespace {

class CpuResampler final : public Stage {
  public:
    explicit CpuResampler(ResampleSettings const& settings)
        : settings_(settings), bank_(design_polyphase(settings)), queue_(bank_.history_frames()) {}

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        STEMLATHE_ASSERT(inputs.size() == 1);
        queue_.push(inputs.front());
        frames_in_ += inputs.front().frames;
        auto const spare = queue_.frames() - bank_.frames_read();
        return convert(spare < 0 ? 0 : spare / bank_.frames_in() + 1);
    }

    [[nodiscard]] AudioView finish() override {
        auto const rest = resampled_frames(frames_in_, settings_) - frames_out_;
        auto const rounds = (rest + bank_.frames_out() - 1) / bank_.frames_out();
        auto const read = bank_.frames_read() + (rounds - 1) * bank_.frames_in();
        queue_.push_zeros(std::max<std::int64_t>(read - queue_.frames(), 0));
        return convert(rounds).slice(0, rest);
    }

  private:
    AudioView convert(std::int64_t rounds) {
        auto const frames = rounds * bank_.frames_out();
        reserve(output_, frames);
        auto const output = output_.view(frames, frames_out_);
        for (std::int64_t round = 0; round < rounds; ++round) {
            bank_.convert(
                queue_.pending().samples, output.samples + round * bank_.frames_out() * kChannels
            );
            queue_.pop(bank_.frames_in());
        }
        frames_out_ += frames;
        return output;
    }

    ResampleSettings settings_;
    PolyphaseBank bank_;
    InputQueue queue_;
    AudioBuffer output_;
    std::int64_t frames_in_ = 0;
    std::int64_t frames_out_ = 0;
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_resampler(ResampleSettings const& settings) {
    check_settings(settings);
    if (settings.from_hz == settings.to_hz) {
        return std::make_unique<Unchanged>(Memory::host);
    }
    return std::make_unique<CpuResampler>(settings);
}

} // namespace stemlathe::cpu
