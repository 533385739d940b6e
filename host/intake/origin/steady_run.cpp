#include "host/intake/origin/steady_run.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::int64_t kBlocksOfCell = 9; // of 1024 frames at 44.1 and 48 kHz: 0.2 s
constexpr std::int64_t kBlocksKept = 4;   // one window of MeanSpectrum
constexpr double kSteady_db = 1.5;        // pink noise wanders by 1 dB from cell to cell
constexpr double kQuietest_dbfs = -120.0;
constexpr double kQuiet_dbfs = -30.0; // no floor of noise is louder

} // namespace

SteadyRunFinder::SteadyRunFinder(int rate_hz)
    : rate_hz_(rate_hz),
      cell_frames_(kBlocksOfCell * kBlockFrames * rate_family(rate_hz)),
      sample_frames_(kBlocksKept * kBlockFrames * rate_family(rate_hz)) {}

void SteadyRunFinder::add(Block const& block) {
    if (filled_ == 0) {
        cell_.first_frame = block.first_frame;
        cell_.left.clear();
        cell_.right.clear();
        energy_ = 0.0;
    }
    bool const is_kept =
        filled_ < sample_frames_ && block.peak() < gain_from_db(kQuiet_dbfs + 20.0);
    if (is_kept) {
        auto const& left = block.channels.front().samples;
        cell_.left.insert(cell_.left.end(), left.begin(), left.end());
        if (block.channels.size() > 1) {
            auto const& right = block.channels.back().samples;
            cell_.right.insert(cell_.right.end(), right.begin(), right.end());
        }
    }
    double const rms = block.rms();
    energy_ += rms * rms * static_cast<double>(block.frames());
    filled_ += block.frames();
    if (filled_ >= cell_frames_) {
        finish_cell();
    }
}

void SteadyRunFinder::finish_cell() {
    cell_.level_dbfs = db_from_power(energy_ / static_cast<double>(filled_));
    filled_ = 0;
    if (cell_.level_dbfs >= kQuietest_dbfs) {
        auto const above = static_cast<int>(cell_.level_dbfs - kQuietest_dbfs);
        ++counts_[static_cast<std::size_t>(std::clamp(above, 0, kLevels - 1))];
    }
    bool const may_be_floor = cell_.level_dbfs >= kQuietest_dbfs &&
                              cell_.level_dbfs < kQuiet_dbfs &&
                              std::ssize(cell_.left) == sample_frames_;
    if (!may_be_floor) {
        recent_.clear();
        return;
    }
    if (recent_.size() == kCells) {
        std::ranges::rotate(recent_, recent_.begin() + 1);
        std::swap(recent_.back(), cell_);
    } else {
        recent_.push_back(cell_);
    }
    if (is_steady()) {
        keep_run();
    }
}

bool SteadyRunFinder::is_steady() const {
    auto const [least, most] = std::ranges::minmax_element(recent_, {}, &Cell::level_dbfs);
    return recent_.size() == kCells && most->level_dbfs - least->level_dbfs <= kSteady_db;
}

void SteadyRunFinder::keep_run() {
    double power = 0.0;
    for (auto const& cell : recent_) {
        power += gain_from_db(2.0 * cell.level_dbfs) / static_cast<double>(kCells);
    }
    double const level_dbfs = db_from_power(power);
    if (quietest_ && quietest_->level_dbfs <= level_dbfs) {
        return;
    }
    SteadyRun run{
        .level_dbfs = level_dbfs,
        .first_frame = recent_.front().first_frame,
        .frames = static_cast<std::int64_t>(kCells) * cell_frames_};
    for (auto const& cell : recent_) {
        run.left.insert(run.left.end(), cell.left.begin(), cell.left.end());
        run.right.insert(run.right.end(), cell.right.begin(), cell.right.end());
    }
    quietest_ = std::move(run);
}

double SteadyRunFinder::level_dbfs(double share) const {
    std::int64_t total = 0;
    for (auto const count : counts_) {
        total += count;
    }
    std::int64_t below = 0;
    std::size_t level = 0;
    while (level + 1 < counts_.size() &&
           static_cast<double>(below + counts_[level]) < share * static_cast<double>(total)) {
        below += counts_[level];
        ++level;
    }
    return kQuietest_dbfs + 0.5 + static_cast<double>(level);
}

MeanSpectrum SteadyRunFinder::spectrum_of(SteadyRun const& run) const {
    SpectrumAverager averager{rate_hz_, std::ssize(run.left)};
    averager.process({.left = run.left, .right = run.right, .first_frame = 0});
    return averager.mean();
}

} // namespace stemlathe
