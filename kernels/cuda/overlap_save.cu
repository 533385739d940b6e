#include "kernels/base/assert.hpp"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/overlap_save.cuh"

#include <algorithm>

namespace stemlathe::cuda {

namespace {

/// Frames in one call of cuFFT: enough to fill a card, 8 MiB of memory.
constexpr std::int64_t kBatchFrames = std::int64_t{1} << 20U;

/// Which blocks of the song lie in the slots of a batch. Blocks outside [first, first + count)
/// are not there: their slots are zeros, and nobody reads what becomes of them.
struct Batch {
    std::int64_t slot_0_block = 0;
    std::int64_t first_block = 0;
    std::int64_t count = 0;
    std::int64_t size = 0;
    std::int64_t hop = 0;
    std::int64_t pad = 0;
};

/// Quotient and remainder of numbers that fit in 32 bits, which cards divide much faster.
struct Split {
    std::int64_t quotient;
    std::int64_t remainder;
};

__device__ Split split(std::int64_t number, std::int64_t divisor) {
    auto const n = static_cast<std::uint32_t>(number);
    auto const d = static_cast<std::uint32_t>(divisor);
    return {n / d, n % d};
}

/// Fills [slots][size] from the queue, whose first frame is `queue_position` of the song.
__global__ void gather_kernel(
    float2 const* queue, std::int64_t queue_position, Batch batch, std::int64_t values, float2* into
) {
    for (auto i = first_index(); i < values; i += grid_size()) {
        auto const [slot, k] = split(i, batch.size);
        auto const block = batch.slot_0_block + slot;
        bool const is_there = block >= batch.first_block && block < batch.first_block + batch.count;
        auto const frame = block * batch.hop - batch.pad + k;
        into[i] = is_there ? queue[frame - queue_position] : float2{0.0F, 0.0F};
    }
}

/// Multiplies [slots][size] by a real spectrum [size].
__global__ void multiply_kernel(
    float2 const* from, float const* spectrum, std::int64_t size, std::int64_t values, float2* into
) {
    for (auto i = first_index(); i < values; i += grid_size()) {
        auto const factor = spectrum[split(i, size).remainder];
        into[i] = float2{from[i].x * factor, from[i].y * factor};
    }
}

/// Copies what the blocks give to `into`, whose first frame is the first one of block `into_block`.
__global__ void scatter_kernel(
    float2 const* from, Batch batch, std::int64_t into_block, std::int64_t frames, float2* into
) {
    for (auto i = first_index(); i < frames; i += grid_size()) {
        auto const [block, k] = split(i, batch.hop);
        auto const slot = batch.first_block - batch.slot_0_block + block;
        into[(batch.first_block - into_block) * batch.hop + i] =
            from[slot * batch.size + batch.pad + k];
    }
}

/// Puts centred taps around index 0 of a transform, as real numbers.
__global__ void
centre_kernel(float const* taps, std::int64_t half, std::int64_t size, float2* into) {
    for (auto i = first_index(); i < 2 * half + 1; i += grid_size()) {
        into[(i - half + size) % size] = float2{taps[i], 0.0F};
    }
}

/// The real part of a spectrum; an even filter has no other.
__global__ void
real_part_kernel(float2 const* spectrum, float scale, std::int64_t size, float* into) {
    for (auto i = first_index(); i < size; i += grid_size()) {
        into[i] = spectrum[i].x * scale;
    }
}

} // namespace

OverlapSave::OverlapSave(std::int64_t length, std::span<std::vector<float> const> filters)
    : input_(length),
      batch_(std::max<std::int64_t>(kBatchFrames / input_.size(), 1)),
      plan_(input_.size(), batch_),
      forward_(batch_ * input_.size()),
      product_(batch_ * input_.size()),
      outputs_(filters.size()),
      views_(filters.size()) {
    for (auto const& taps : filters) {
        STEMLATHE_ASSERT(static_cast<std::int64_t>(taps.size()) <= length);
        add_filter(taps);
    }
}

void OverlapSave::add_filter(std::vector<float> const& taps) {
    auto const size = input_.size();
    auto const count = static_cast<std::int64_t>(taps.size());
    STEMLATHE_ASSERT(count % 2 == 1);
    auto const taps_there = on_device(std::span<float const>{taps});
    fill_zero(forward_.data(), batch_ * size);
    launch(centre_kernel, count, taps_there.data(), count / 2, size, forward_.data());
    plan_.forward(forward_.data(), forward_.data());
    DeviceBuffer<float> spectrum{size};
    launch(
        real_part_kernel,
        size,
        forward_.data(),
        1.0F / static_cast<float>(size), // exact, a power of two
        size,
        spectrum.data()
    );
    synchronise(); // the taps go away
    spectra_.push_back(std::move(spectrum));
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
        output.reserve(blocks.count * hop * kChannels);
    }
    auto const first_block = blocks.position / hop;
    for (auto block = first_block; block < first_block + blocks.count;) {
        auto const batch_end = (block / batch_ + 1) * batch_;
        auto const end = std::min(batch_end, first_block + blocks.count);
        filter_batch(block, end - block, first_block);
        block = end;
    }
    for (std::size_t i = 0; i < views_.size(); ++i) {
        views_[i] = AudioView{outputs_[i].data(), blocks.frames, blocks.position, Memory::device};
    }
    return views_;
}

void OverlapSave::filter_batch(
    std::int64_t first_block, std::int64_t count, std::int64_t output_block
) {
    auto const size = input_.size();
    auto const frames = count * input_.hop(); // that the blocks give
    Batch const batch{
        .slot_0_block = first_block / batch_ * batch_,
        .first_block = first_block,
        .count = count,
        .size = size,
        .hop = input_.hop(),
        .pad = input_.pad()};
    auto const values = batch_ * size;
    auto const pending = input_.pending();
    launch(
        gather_kernel,
        values,
        frames_of(pending.samples),
        pending.position,
        batch,
        values,
        forward_.data()
    );
    plan_.forward(forward_.data(), forward_.data());
    for (std::size_t i = 0; i < spectra_.size(); ++i) {
        launch(
            multiply_kernel,
            values,
            forward_.data(),
            spectra_[i].data(),
            size,
            values,
            product_.data()
        );
        plan_.inverse(product_.data(), product_.data());
        launch(
            scatter_kernel,
            frames,
            product_.data(),
            batch,
            output_block,
            frames,
            frames_of(outputs_[i].data())
        );
    }
}

} // namespace stemlathe::cuda
