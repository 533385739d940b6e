#include "kernels/cpu/overlap_save.hpp"

#include "kernels/base/assert.hpp"
#include "kernels/cpu/cpu_backend.hpp"

namespace stemlathe::cpu {

OverlapSave::OverlapSave(std::int64_t length, std::span<std::vector<float> const> filters)
    : input_(length),
      fft_(input_.size()),
      spectrum_(input_.size() * kChannels),
      product_(filters.size() > 1 ? input_.size() * kChannels : 0),
      outputs_(filters.size()),
      views_(filters.size()) {
    for (auto const& taps : filters) {
        STEMLATHE_ASSERT(static_cast<std::int64_t>(taps.size()) <= length);
        responses_.push_back(fft_.response_of(taps));
    }
}

std::span<AudioView const> OverlapSave::process(AudioView input) {
    return filter(input_.push(input));
}

std::span<AudioView const> OverlapSave::finish() {
    return filter(input_.finish());
}

std::span<AudioView const> OverlapSave::filter(Blocks const& blocks) {
    auto const hop = input_.hop();
    for (auto& output : outputs_) {
        reserve(output, blocks.count * hop);
    }
    auto const* const samples = input_.pending().samples;
    for (std::int64_t block = 0; block < blocks.count; ++block) {
        fft_.forward(samples + block * hop * kChannels, spectrum_.data());
        for (std::size_t i = 0; i < outputs_.size(); ++i) {
            auto* const scratch = outputs_.size() > 1 ? product_.data() : spectrum_.data();
            fft_.filter(
                spectrum_.data(),
                responses_[i].data(),
                scratch,
                input_.pad(),
                hop,
                outputs_[i].samples() + block * hop * kChannels
            );
        }
    }
    for (std::size_t i = 0; i < views_.size(); ++i) {
        views_[i] = outputs_[i].view(blocks.frames, blocks.position);
    }
    return views_;
}

} // namespace stemlathe::cpu
