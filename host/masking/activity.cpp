#include "host/masking/activity.hpp"

#include "host/pipeline/levels.hpp"

#include <algorithm>

namespace stemlathe {

namespace {

constexpr double kBlocksPerSecond = 10.0;
constexpr double kGate_lufs = -70.0; // the absolute gate of ITU-R BS.1770
constexpr double kUsuallyUnder = 0.95;

double floor_lufs(std::span<float const> levels, double range_db) {
    std::vector<double> audible;
    std::ranges::copy_if(levels, std::back_inserter(audible), [](float level) {
        return level > kGate_lufs;
    });
    return std::max(percentile(std::move(audible), kUsuallyUnder) - range_db, kGate_lufs);
}

} // namespace

Activity::Activity(std::span<StemReading const> stems, std::span<MaskingGoal const> goals) {
    for (std::size_t i = 0; i < stems.size(); ++i) {
        auto const& stem = stems[i];
        auto const floor = floor_lufs(stem.level_lufs, goals[i].range_db);
        auto& blocks = plays_.emplace_back();
        for (float const level : stem.level_lufs) {
            blocks.push_back(level > floor ? 1 : 0);
        }
    }
}

bool Activity::plays(std::size_t stem, double time_s) const noexcept {
    auto const& blocks = plays_[stem];
    auto const block = static_cast<std::size_t>(time_s * kBlocksPerSecond);
    return !blocks.empty() && blocks[std::min(block, blocks.size() - 1)] != 0;
}

} // namespace stemlathe
