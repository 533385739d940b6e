#include "host/loudness/peak_meter.hpp"

#include "host/loudness/interpolation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace stemlathe {

namespace {

constexpr std::size_t kPeakBlockFrames = 64;
static_assert(
    kPeakBlockFrames >= kPeakReach_frames
); // so that a block and its neighbours are enough
static_assert(kPeakBlockFrames % kScanStep == 0);

/// A window is a neighbour, the blocks that are searched, and another neighbour.
constexpr std::size_t kSearchedBlocks = 128;
constexpr std::size_t kBlocks = kSearchedBlocks + 2;
constexpr std::size_t kWindowFrames =
    kPeakFramesBefore + kBlocks * kPeakBlockFrames + kPeakFramesAfter;

/// Highest |value|. Eight running maxima, since one would wait for itself at every sample.
double highest(std::span<double const> values) {
    std::array<double, 8> lanes{};
    for (std::size_t i = 0; i < values.size(); i += lanes.size()) {
        for (std::size_t j = 0; j < lanes.size(); ++j) {
            lanes[j] = std::max(lanes[j], std::abs(values[i + j]));
        }
    }
    return std::ranges::max(lanes);
}

/// Blocks that are marked or have a marked neighbour.
std::vector<char> with_neighbours(std::vector<char> const& marks) {
    auto out = marks;
    for (std::size_t b = 1; b + 1 < kBlocks; ++b) {
        out[b - 1] |= marks[b];
        out[b + 1] |= marks[b];
    }
    return out;
}

} // namespace

PeakMeter::PeakMeter(int channels) : channels_(static_cast<std::size_t>(channels)) {
    // The song begins in the third block: the one before it, where interpolation already rings, is
    // searched too.
    window_.assign((kPeakFramesBefore + 2 * kPeakBlockFrames) * channels_, 0.0);
    window_.reserve(kWindowFrames * channels_);
}

void PeakMeter::add(std::span<double const> samples) {
    while (!samples.empty()) {
        auto const room = kWindowFrames * channels_ - window_.size();
        auto const count = std::min(room, samples.size());
        window_.insert(window_.end(), samples.begin(), samples.begin() + std::ptrdiff_t(count));
        samples = samples.subspan(count);
        if (count == room) {
            search();
            auto const done = static_cast<std::ptrdiff_t>(kSearchedBlocks * kPeakBlockFrames);
            window_.erase(window_.begin(), window_.begin() + done * std::ptrdiff_t(channels_));
        }
    }
}

double PeakMeter::finish() {
    // Enough silence for the last frame's block and the next to be searched, and at most one more
    // window of it.
    std::vector<double> const silence(kWindowFrames * channels_, 0.0);
    add(silence);
    return true_peak_;
}

void PeakMeter::search() {
    auto const values = kPeakBlockFrames * channels_;
    Levels levels(kBlocks);
    for (std::size_t b = 0; b < kBlocks; ++b) {
        levels[b] =
            highest(std::span{window_}.subspan(kPeakFramesBefore * channels_ + b * values, values));
    }
    sample_peak_ = std::max(sample_peak_, std::ranges::max(levels));
    true_peak_ = std::max(true_peak_, sample_peak_);
    narrow_.assign(window_.begin(), window_.end());
    auto coarse = levels;
    auto marks = may_exceed(coarse, kSampleMargin, Marks(kBlocks, 1));
    raise(coarse, with_neighbours(marks), narrow_, {8});
    marks = may_exceed(coarse, kHalfGridMargin, marks);
    raise(coarse, with_neighbours(marks), narrow_, {4, 12});
    marks = may_exceed(coarse, kQuarterGridMargin, marks);
    raise(levels, marks, window_, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
    true_peak_ = std::max(true_peak_, std::ranges::max(levels));
}

/// Looks at more phases of the marked blocks.
template <typename Number>
void PeakMeter::raise(
    Levels& levels,
    Marks const& blocks,
    std::vector<Number> const& window,
    std::initializer_list<std::size_t> phases
) const {
    auto const values = kPeakBlockFrames * channels_;
    for (std::size_t b = 0; b < kBlocks; ++b) {
        if (blocks[b] == 0) {
            continue;
        }
        auto const* const first = window.data() + kPeakFramesBefore * channels_ + b * values;
        for (auto const phase : phases) {
            double const highest = highest_between(first, values, channels_, phase);
            levels[b] = std::max(levels[b], highest);
        }
    }
}

/// Those of the searched blocks that may hold a point above the highest so far, that of the coarse
/// grid included: its points belong to the whole grid too.
PeakMeter::Marks
PeakMeter::may_exceed(Levels const& levels, double margin, Marks const& among) const {
    double const floor = std::max(true_peak_, std::ranges::max(levels) * (1.0 - kCoarseRounding));
    Marks out(kBlocks, 0);
    for (std::size_t b = 1; b + 1 < kBlocks; ++b) {
        double const near = std::max({levels[b - 1], levels[b], levels[b + 1]});
        out[b] = static_cast<char>(among[b] != 0 && near * margin > floor);
    }
    return out;
}

} // namespace stemlathe
