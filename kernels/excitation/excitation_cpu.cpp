#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/simd.hpp"
#include "kernels/excitation/excitation_stage.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe::cpu {

namespace {

using excitation::Design;
using excitation::Filter;

/// Filters are taken in blocks, side by side in vectors, the same on every instruction set.
constexpr int kBlockBands = 16;
constexpr int kBlockVectors = kBlockBands / Floats::kLanes;

struct alignas(64) Block {
    std::array<float, kBlockBands> of{};
};

/// In place of the weight of a line below a filter's centre, which depends on the level.
constexpr float kLevelDependent = -1.0F;

/// Neighbouring filters.
struct Filters {
    Block octaves{}; ///< see excitation::Filter
    Block octaves_per_hz{};
    Block least_steepness{};
    float lowest_hz = 0.0F;
    std::size_t bands = 0;       ///< the others have no weight for any line
    std::size_t below_end = 0;   ///< lines [0, below_end) are below all centres,
    std::size_t above_begin = 0; ///< lines from here on are above all
    std::vector<Block> above{};  ///< weights of lines from below_end on, or kLevelDependent
};

Filters side_by_side(std::span<Filter const> filters, std::vector<float> const& line_hz) {
    auto const end = static_cast<std::size_t>(filters.back().above_end);
    Filters block{
        .lowest_hz = filters.front().hz,
        .bands = filters.size(),
        .below_end = static_cast<std::size_t>(filters.front().below_end),
        .above_begin = static_cast<std::size_t>(filters.back().below_end)};
    block.above.resize(end - block.below_end);
    block.octaves.of.fill(2.0F * excitation::kFarthest_octaves);
    block.least_steepness.of.fill(1.0F);
    for (std::size_t i = 0; i < filters.size(); ++i) {
        auto const& filter = filters[i];
        block.octaves.of[i] = filter.octaves;
        block.octaves_per_hz.of[i] = filter.octaves_per_hz;
        block.least_steepness.of[i] = filter.least_steepness;
        for (auto line = block.below_end; line < end; ++line) {
            auto const number = static_cast<std::int32_t>(line);
            if (number < filter.below_end) {
                block.above[line - block.below_end].of[i] = kLevelDependent;
            } else if (number < filter.above_end) {
                block.above[line - block.below_end].of[i] =
                    excitation::weight_above(filter.octaves, filter.octaves_per_hz, line_hz[line]);
            }
        }
    }
    return block;
}

void weigh_below(Filters const& block, float line_hz, float steepness, Block& weights) noexcept {
    for (std::size_t i = 0; i < kBlockBands; ++i) {
        weights.of[i] = excitation::weight_below(
            block.octaves.of[i],
            block.octaves_per_hz.of[i],
            block.least_steepness.of[i],
            line_hz,
            steepness
        );
    }
}

/// Puts the fixed weights where there are any.
void weigh_above(Block const& above, Block& weights) noexcept {
    for (std::size_t i = 0; i < kBlockBands; i += Floats::kLanes) {
        auto const fixed = Floats::load(above.of.data() + i).lanes;
        auto const level_dependent = Floats::load(weights.of.data() + i).lanes;
        Floats{fixed < 0.0F ? level_dependent : fixed}.store(weights.of.data() + i);
    }
}

/// The lines that a block of filters passes, and how: first some of those that are not above all
/// centres, then all that are and have weights.
struct Passed {
    explicit Passed(std::size_t most) : weights(most), lines(most) {}

    std::vector<Block> weights; ///< of each of `lines`
    std::vector<std::size_t> lines;
    std::size_t count = 0; ///< of lines
    std::span<Block const> above{};
    std::size_t above_begin = 0;
};

/// A stem that is heard in a hop: its powers at the cochlea [lines], and its excitation [bands].
struct Heard {
    float const* powers = nullptr;
    float* excited = nullptr;
};

/// What a block of filters passes of kStems stems.
template <std::size_t kStems>
struct Sums {
    void add(Block const& block, std::array<float const*, kStems> const& powers, std::size_t line) {
        std::array<Floats, kBlockVectors> weights;
        for (std::size_t v = 0; v < kBlockVectors; ++v) {
            weights[v] = Floats::load(block.of.data() + v * Floats::kLanes);
        }
        for (std::size_t stem = 0; stem < kStems; ++stem) {
            auto const power = Floats::all(powers[stem][line]);
            for (std::size_t v = 0; v < kBlockVectors; ++v) {
                of[stem][v] = fma(weights[v], power, of[stem][v]);
            }
        }
    }

    std::array<std::array<Floats, kBlockVectors>, kStems> of{};
};

template <std::size_t kStems>
void add_up(Passed const& passed, Heard const* stems, std::size_t first, std::size_t bands) {
    std::array<float const*, kStems> powers{};
    std::transform(stems, stems + kStems, powers.begin(), [](Heard const& stem) {
        return stem.powers;
    });
    Sums<kStems> sums;
    for (std::size_t i = 0; i < passed.count; ++i) {
        sums.add(passed.weights[i], powers, passed.lines[i]);
    }
    for (std::size_t i = 0; i < passed.above.size(); ++i) {
        sums.add(passed.above[i], powers, passed.above_begin + i);
    }
    for (std::size_t stem = 0; stem < kStems; ++stem) {
        Block excited;
        for (std::size_t v = 0; v < kBlockVectors; ++v) {
            sums.of[stem][v].store(excited.of.data() + v * Floats::kLanes);
        }
        std::copy_n(excited.of.begin(), bands, stems[stem].excited + first);
    }
}

/// The same for any number of stems, as many at a time as the sums of which fit the registers.
void add_up_all(
    Passed const& passed, std::span<Heard const> stems, std::size_t first, std::size_t bands
) {
    constexpr std::array kAddUp{
        &add_up<1>, &add_up<2>, &add_up<3>, &add_up<4>, &add_up<5>, &add_up<6>};
    while (!stems.empty()) {
        auto const count = std::min(stems.size(), kAddUp.size());
        kAddUp[count - 1](passed, stems.data(), first, bands);
        stems = stems.subspan(count);
    }
}

class Cochlea {
  public:
    static constexpr Memory kMemory = Memory::host;

    explicit Cochlea(Design const& design)
        : design_(design),
          total_(design.gains.size()),
          steepness_(design.gains.size()),
          reach_hz_(design.gains.size()),
          passed_(design.gains.size()) {
        std::span<Filter const> filters{design.filters};
        while (!filters.empty()) {
            auto const count = std::min<std::size_t>(kBlockBands, filters.size());
            blocks_.push_back(side_by_side(filters.first(count), design.line_hz));
            filters = filters.subspan(count);
        }
    }

    [[nodiscard]] float* reserve(std::int64_t values) {
        cpu::reserve(output_, values / kChannels);
        return output_.samples();
    }

    /// See excitation::CommonFilters.
    void excite(std::span<SpectrumView const> stems, ExcitationView const& output) {
        powers_.resize(stems.size() * total_.size());
        for (std::int64_t row = 0; row < output.hops * kChannels; ++row) {
            listen(stems, row, output);
            if (!heard_.empty()) {
                shape();
                excite_heard();
            }
        }
    }

  private:
    /// Takes the stems that are heard in one hop by one ear, and their sum.
    /// @param row  counts hops and, within them, ears
    void
    listen(std::span<SpectrumView const> stems, std::int64_t row, ExcitationView const& output) {
        heard_.clear();
        std::ranges::fill(total_, 0.0F);
        auto const lines = design_.line_count();
        auto const hop = row / kChannels;
        auto const ear = row % kChannels;
        auto* powers = powers_.data();
        for (std::size_t i = 0; i < stems.size(); ++i) {
            auto const stem = hop * output.stems + static_cast<std::int64_t>(i);
            auto* const excited = output.powers + (stem * kChannels + ear) * output.bands;
            if (add_powers(stems[i].powers + row * lines, powers)) {
                heard_.push_back({.powers = powers, .excited = excited});
                powers += lines;
            } else {
                std::fill_n(excited, output.bands, 0.0F);
            }
        }
    }

    /// Writes a stem's powers at the cochlea and adds them to the sum; false if there are none.
    [[nodiscard]] bool add_powers(float const* spectrum, float* powers) {
        std::uint32_t bits = 0;
        for (std::size_t line = 0; line < total_.size(); ++line) {
            float const power = excitation::at_cochlea(spectrum[line], design_.gains[line]);
            powers[line] = power;
            total_[line] += power;
            bits |= __builtin_bit_cast(std::uint32_t, power);
        }
        return bits != 0;
    }

    /// How the lower skirts are at each line: what the filters have in common.
    void shape() {
        for (std::size_t line = 0; line < total_.size(); ++line) {
            auto const [first, count] = design_.levels[line];
            auto const* const near = total_.data() + first;
            float power = near[0];
            for (std::int32_t i = 1; i < count; ++i) {
                power += near[i];
            }
            steepness_[line] = power;
        }
        for (std::size_t line = 0; line < total_.size(); ++line) {
            steepness_[line] = excitation::steepness_of(steepness_[line]);
            reach_hz_[line] = excitation::reach_hz(design_.line_hz[line], steepness_[line]);
        }
    }

    void excite_heard() {
        for (std::size_t block = 0; block < blocks_.size(); ++block) {
            weigh(blocks_[block]);
            add_up_all(passed_, heard_, block * kBlockBands, blocks_[block].bands);
        }
    }

    void weigh(Filters const& block) {
        passed_.count = 0;
        for (std::size_t line = 0; line < block.above_begin; ++line) { // without a branch
            passed_.lines[passed_.count] = line;
            passed_.count += reach_hz_[line] >= block.lowest_hz ? 1U : 0U;
        }
        for (std::size_t i = 0; i < passed_.count; ++i) {
            auto const line = passed_.lines[i];
            weigh_below(block, design_.line_hz[line], steepness_[line], passed_.weights[i]);
            if (line >= block.below_end) {
                weigh_above(block.above[line - block.below_end], passed_.weights[i]);
            }
        }
        passed_.above_begin = block.above_begin;
        passed_.above = std::span{block.above}.subspan(block.above_begin - block.below_end);
    }

    Design const& design_;
    std::vector<Filters> blocks_;
    std::vector<float> powers_;    ///< [stems][lines], of those heard
    std::vector<float> total_;     ///< [lines], of all stems together
    std::vector<float> steepness_; ///< [lines]
    std::vector<float> reach_hz_;  ///< [lines]
    std::vector<Heard> heard_;
    Passed passed_;
    AudioBuffer output_;
};

} // namespace

std::unique_ptr<ExcitationStage> CpuBackend::make_excitation(ExcitationSettings const& settings) {
    return std::make_unique<excitation::CommonFilters<Cochlea>>(settings);
}

} // namespace stemlathe::cpu
