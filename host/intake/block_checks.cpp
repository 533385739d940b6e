#include "host/intake/block_checks.hpp"

#include "host/intake/block_figures.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace stemlathe {

BlockChecks::BlockChecks(Stem const& stem, std::vector<std::unique_ptr<BlockCheck>> checks)
    : stem_(stem), checks_(std::move(checks)) {}

void BlockChecks::process(StemFrames const& frames) {
    constexpr auto kWhole = static_cast<std::size_t>(kBlockFrames);
    if (!has_begun_) {
        has_begun_ = true;
        first_frame_ = frames.first_frame;
    }
    auto left = frames.left;
    auto right = frames.right;
    auto const take = [&](std::size_t count) {
        auto const taken = std::pair{left.first(count), right.first(std::min(count, right.size()))};
        left = left.subspan(count);
        right = right.subspan(taken.second.size());
        return taken;
    };
    while (!left.empty()) {
        if (begun_[0].empty() && left.size() >= kWhole) {
            auto const [a, b] = take(kWhole);
            tell(a, b);
            continue;
        }
        auto const [a, b] = take(std::min(left.size(), kWhole - begun_[0].size()));
        begun_[0].insert(begun_[0].end(), a.begin(), a.end());
        begun_[1].insert(begun_[1].end(), b.begin(), b.end());
        if (begun_[0].size() == kWhole) {
            tell(begun_[0], begun_[1]);
            begun_ = {};
        }
    }
}

void BlockChecks::tell(std::span<float const> left, std::span<float const> right) {
    std::array<ChannelBlock, 2> channels{figures_of(left)};
    Block block{.first_frame = first_frame_ + told_frames_};
    if (!right.empty()) {
        channels[1] = figures_of(right);
        block.difference_energy = difference_energy(left, right);
    }
    block.channels = std::span{channels}.first(right.empty() ? 1 : 2);
    for (auto const& check : checks_) {
        check->process(block);
    }
    told_frames_ += std::ssize(left);
}

void BlockChecks::finish(std::vector<Finding>& findings) {
    if (!begun_[0].empty()) {
        tell(begun_[0], begun_[1]);
    }
    if (told_frames_ == 0) {
        return; // a preview that begins after this stem has ended
    }
    Extent const extent{
        .first = first_frame_,
        .end = first_frame_ + told_frames_,
        .has_start = first_frame_ == 0,
        .has_end = first_frame_ + told_frames_ >= stem_.media.frames};
    for (auto const& check : checks_) {
        check->finish(extent, findings);
    }
}

} // namespace stemlathe
