#pragma once

#include "host/tasks.hpp"
#include "kernels/base/audio.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// Inner products of columns of audio, both channels added: [columns][columns], symmetric.
struct ProductMatrix {
    std::size_t columns = 0;
    std::vector<double> values{};

    [[nodiscard]] double at(std::size_t i, std::size_t j) const noexcept {
        return values[i * columns + j];
    }
};

/// The same per stretch of time, all of one length but for the last: what least squares, residuals
/// and their course need of a song, without its audio.
struct ProductBlocks {
    std::size_t columns = 0;
    std::int64_t block_frames = 0;
    std::vector<double> values{}; ///< [blocks][pairs], see pair_index

    [[nodiscard]] static std::size_t pair_index(std::size_t i, std::size_t j) noexcept {
        return i <= j ? j * (j + 1) / 2 + i : i * (i + 1) / 2 + j;
    }

    [[nodiscard]] std::size_t pairs() const noexcept {
        return columns * (columns + 1) / 2;
    }

    [[nodiscard]] std::size_t count() const noexcept {
        return pairs() > 0 ? values.size() / pairs() : 0;
    }

    [[nodiscard]] double at(std::size_t block, std::size_t i, std::size_t j) const noexcept {
        return values[block * pairs() + pair_index(i, j)];
    }

    /// Of blocks [first, end).
    [[nodiscard]] ProductMatrix sum(std::size_t first, std::size_t end) const;
};

/// Takes columns of audio in step and gives their inner products, each in float64: a column that
/// nulls against others to -140 dB still does here. Bit-identical for every segment size and number
/// of threads. Memory is bounded: long sessions of many columns have longer blocks.
class ProductMeter {
  public:
    /// @param frames  of the whole song, which decide the length of a block
    ProductMeter(std::size_t columns, std::int64_t frames, int rate_hz);

    /// The next frames of every column, in host memory; they may arrive at different paces.
    void process(std::span<AudioView const> columns, Tasks& crew);

    /// Call once, after the last `process`; a column that is shorter counts as silence from there.
    [[nodiscard]] ProductBlocks finish();

  private:
    void add_tiles(std::span<float const* const> columns, std::int64_t tiles, Tasks& crew);

    ProductBlocks blocks_;
    std::vector<std::vector<float>> pending_; ///< [columns] what does not yet fill a tile
    std::int64_t tiles_ = 0;                  ///< done so far
};

} // namespace stemlathe
