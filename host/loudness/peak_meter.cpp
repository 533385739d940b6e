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

/// The song begins in the third block: the one before it, where interpolation already rings, is
/// searched too.
constexpr std::size_t kBlocksBefore = 2;

/// Highest |value| at even and at odd places. Eight running maxima, since one would wait for itself
/// at every sample.
HighestPair<double> highest(std::span<double const> values) {
    std::array<double, 8> lanes{};
    for (std::size_t i = 0; i < values.size(); i += lanes.size()) {
        for (std::size_t j = 0; j < lanes.size(); ++j) {
            lanes[j] = std::max(lanes[j], std::abs(values[i + j]));
        }
    }
    return {
        std::max({lanes[0], lanes[2], lanes[4], lanes[6]}),
        std::max({lanes[1], lanes[3], lanes[5], lanes[7]})};
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
    window_.assign((kPeakFramesBefore + kBlocksBefore * kPeakBlockFrames) * channels_, 0.0);
    window_.reserve(kWindowFrames * channels_);
    first_frame_ = -static_cast<std::int64_t>(kBlocksBefore * kPeakBlockFrames);
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
            first_frame_ += done;
        }
    }
}

std::vector<ChannelPeak> PeakMeter::finish() {
    // Enough silence for the last frame's block and the next to be searched, and at most one more
    // window of it.
    std::vector<double> const silence(kWindowFrames * channels_, 0.0);
    add(silence);
    return {peaks_.begin(), peaks_.begin() + static_cast<std::ptrdiff_t>(channels_)};
}

void PeakMeter::search() {
    auto const values = kPeakBlockFrames * channels_;
    Levels levels(kBlocks);
    for (std::size_t b = 0; b < kBlocks; ++b) {
        auto const [even, odd] =
            highest(std::span{window_}.subspan(kPeakFramesBefore * channels_ + b * values, values));
        levels[b] = by_channel(even, odd);
        for (std::size_t c = 0; c < channels_; ++c) {
            peaks_[c].sample_peak = std::max(peaks_[c].sample_peak, levels[b][c]);
        }
    }
    note_highest(levels);
    narrow_.assign(window_.begin(), window_.end());
    auto coarse = levels;
    auto marks = may_exceed(coarse, kSampleMargin, Marks(kBlocks, 1));
    raise(coarse, with_neighbours(marks), narrow_, {8});
    marks = may_exceed(coarse, kHalfGridMargin, marks);
    raise(coarse, with_neighbours(marks), narrow_, {4, 12});
    marks = may_exceed(coarse, kQuarterGridMargin, marks);
    raise(levels, marks, window_, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
    note_highest(levels);
}

/// What lies at even places and at odd ones, by channel.
PeakMeter::Pair PeakMeter::by_channel(double even, double odd) const {
    return channels_ == 2 ? Pair{even, odd} : Pair{std::max(even, odd), 0.0};
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
            auto const [even, odd] = highest_between(first, values, channels_, phase);
            auto const pair = by_channel(even, odd);
            for (std::size_t c = 0; c < channels_; ++c) {
                levels[b][c] = std::max(levels[b][c], pair[c]);
            }
        }
    }
}

/// Those of the searched blocks that may hold a point above the highest so far of one channel, that
/// of the coarse grid included: its points belong to the whole grid too.
PeakMeter::Marks
PeakMeter::may_exceed(Levels const& levels, double margin, Marks const& among) const {
    Marks out(kBlocks, 0);
    for (std::size_t c = 0; c < channels_; ++c) {
        auto const loudest =
            std::ranges::max(levels, {}, [c](Pair const& level) { return level[c]; })[c];
        double const floor = std::max(peaks_[c].true_peak, loudest * (1.0 - kCoarseRounding));
        for (std::size_t b = 1; b + 1 < kBlocks; ++b) {
            double const near = std::max({levels[b - 1][c], levels[b][c], levels[b + 1][c]});
            out[b] |= static_cast<char>(among[b] != 0 && near * margin > floor);
        }
    }
    return out;
}

/// Keeps what is higher than all before, and its place.
void PeakMeter::note_highest(Levels const& levels) {
    for (std::size_t c = 0; c < channels_; ++c) {
        auto const best =
            std::ranges::max_element(levels, {}, [c](Pair const& level) { return level[c]; });
        if ((*best)[c] > peaks_[c].true_peak) {
            peaks_[c].true_peak = (*best)[c];
            auto const block = static_cast<std::size_t>(best - levels.begin());
            peaks_[c].true_peak_frame = place_of_highest(block, c);
        }
    }
}

/// Where in a block its highest point lies, in frames of the song. Blocks with a new highest value
/// are few, so this may take its time.
double PeakMeter::place_of_highest(std::size_t block, std::size_t channel) const {
    double highest_point = -1.0;
    double place = 0.0;
    for (std::size_t frame = 0; frame < kPeakBlockFrames; ++frame) {
        auto const first = (block * kPeakBlockFrames + frame) * channels_ + channel; // tap 0
        for (std::size_t phase = 0; phase < kPeakPhases; ++phase) {
            double point = 0.0;
            for (std::size_t k = 0; k < kPeakTaps; ++k) {
                point += peak_phases()[phase][k] * window_[first + k * channels_];
            }
            if (std::abs(point) > highest_point) {
                highest_point = std::abs(point);
                place = static_cast<double>(frame) + static_cast<double>(phase) / kPeakPhases;
            }
        }
    }
    return static_cast<double>(first_frame_) + static_cast<double>(block * kPeakBlockFrames) +
           place;
}

} // namespace stemlathe
