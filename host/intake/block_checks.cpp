#include "host/intake/block_checks.hpp"

#include "host/intake/block_figures.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace stemlathe {

namespace {

/// So much that what is still to be seen moves to the front seldom.
constexpr std::int64_t kKept = 8 * kHistoryFrames;

} // namespace

BlockChecks::BlockChecks(Stem const& stem, std::vector<std::unique_ptr<BlockCheck>> checks)
    : stem_(stem), checks_(std::move(checks)) {}

void BlockChecks::process(StemFrames const& frames) {
    if (next_frame_ < 0 && !frames.left.empty()) {
        first_frame_ = next_frame_ = frames.first_frame;
        is_mono_ = frames.right.empty();
        kept_[0].resize(kKept);
        kept_[1].resize(is_mono_ ? 0 : kKept);
    }
    auto const total = std::ssize(frames.left);
    for (std::int64_t done = 0; done < total;) {
        make_room();
        auto const missing = kBlockFrames - (kept_frames_ - told_frames_);
        auto const count = std::min(missing, total - done);
        std::ranges::copy_n(frames.left.begin() + done, count, kept_[0].begin() + kept_frames_);
        if (!is_mono_) {
            std::ranges::copy_n(
                frames.right.begin() + done, count, kept_[1].begin() + kept_frames_
            );
        }
        kept_frames_ += count;
        done += count;
        if (count == missing) {
            tell(kBlockFrames);
        }
    }
}

void BlockChecks::make_room() {
    if (kept_frames_ + kBlockFrames <= kKept) {
        return;
    }
    auto const dropped = told_frames_ - kHistoryFrames;
    for (auto& channel : kept_) {
        if (!channel.empty()) {
            std::copy(channel.begin() + dropped, channel.begin() + kept_frames_, channel.begin());
        }
    }
    kept_frames_ -= dropped;
    told_frames_ -= dropped;
}

void BlockChecks::tell(std::int64_t frames) {
    auto const history = std::min(told_frames_, kHistoryFrames);
    auto const channel_block = [&](std::vector<float> const& channel) {
        std::span<float const> const all{channel};
        auto const at = static_cast<std::size_t>(told_frames_);
        auto block = figures_of(all.subspan(at, static_cast<std::size_t>(frames)));
        block.before = all.first(at).last(static_cast<std::size_t>(history));
        return block;
    };
    std::array<ChannelBlock, 2> channels{channel_block(kept_[0])};
    Block block{.first_frame = next_frame_};
    if (!is_mono_) {
        channels[1] = channel_block(kept_[1]);
        block.difference_energy = difference_energy(channels[0].samples, channels[1].samples);
    }
    block.channels = std::span{channels}.first(is_mono_ ? 1 : 2);
    for (auto const& check : checks_) {
        check->process(block);
    }
    told_frames_ += frames;
    next_frame_ += frames;
}

void BlockChecks::finish(std::vector<Finding>& findings) {
    if (next_frame_ < 0) {
        return; // a preview that begins after this stem has ended
    }
    if (kept_frames_ > told_frames_) {
        tell(kept_frames_ - told_frames_);
    }
    Extent const extent{
        .first = first_frame_,
        .end = next_frame_,
        .has_start = first_frame_ == 0,
        .has_end = next_frame_ >= stem_.media.frames};
    for (auto const& check : checks_) {
        check->finish(extent, findings);
    }
}

} // namespace stemlathe
