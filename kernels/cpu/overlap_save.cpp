#include "kernels/cpu/overlap_save.hpp"

#include "kernels/base/assert.hpp"
#include "kernels/cpu/cpu_backend.hpp"

#include <algorithm>

namespace stemlathe::cpu {

OverlapSave::OverlapSave(std::int64_t length, std::span<std::vector<float> const> filters)
    : hop_(3 * length),
      pad_(length / 2),
      fft_(4 * length),
      queue_(pad_),
      spectrum_(8 * length),
      product_(filters.size() > 1 ? 8 * length : 0),
      outputs_(filters.size()),
      views_(filters.size()) {
    for (auto const& taps : filters) {
        STEMLATHE_ASSERT(static_cast<std::int64_t>(taps.size()) <= length);
        responses_.push_back(fft_.response_of(taps));
    }
}

std::span<AudioView const> OverlapSave::process(AudioView input) {
    queue_.pop(input_.frames); // what the last call gave away
    queue_.push(input);
    frames_in_ += input.frames;
    auto const surplus = frames_in_ + pad_ - frames_out_ - fft_.size(); // beyond one whole block
    auto const blocks = surplus < 0 ? 0 : surplus / hop_ + 1;
    return filter(blocks, blocks * hop_);
}

std::span<AudioView const> OverlapSave::finish() {
    queue_.pop(input_.frames);
    auto const frames = frames_in_ - frames_out_;
    auto const blocks = (frames + hop_ - 1) / hop_;
    auto const frames_needed = blocks == 0 ? 0 : (blocks - 1) * hop_ + fft_.size();
    queue_.push_zeros(std::max<std::int64_t>(frames_needed - queue_.frames(), 0));
    return filter(blocks, frames);
}

std::span<AudioView const> OverlapSave::filter(std::int64_t blocks, std::int64_t frames) {
    for (auto& output : outputs_) {
        reserve(output, blocks * hop_);
    }
    // A block begins `pad` frames before those that it gives; the queue begins there too.
    auto const pending = queue_.pending();
    for (std::int64_t block = 0; block < blocks; ++block) {
        fft_.forward(pending.samples + block * hop_ * kChannels, spectrum_.data());
        for (std::size_t i = 0; i < outputs_.size(); ++i) {
            auto* const scratch = outputs_.size() > 1 ? product_.data() : spectrum_.data();
            fft_.filter(
                spectrum_.data(),
                responses_[i].data(),
                scratch,
                pad_,
                hop_,
                outputs_[i].samples() + block * hop_ * kChannels
            );
        }
    }
    for (std::size_t i = 0; i < views_.size(); ++i) {
        views_[i] = outputs_[i].view(frames, frames_out_);
    }
    input_ = pending.slice(pad_, frames);
    frames_out_ += frames;
    return views_;
}

} // namespace stemlathe::cpu
