#include "host/intake/checks/checks.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace stemlathe::intake {

namespace {

constexpr double kLimit = 1e-3; // -60 dBFS
constexpr std::int64_t kPartFrames = 24 * kBlockFrames;
constexpr std::int64_t kPartsLeast = 8;
/// How many standard errors the mean must lie from zero: low notes and one-sided waveforms move the
/// mean of a part, but not that of all parts alike.
constexpr double kErrors = 4.0;

/// The mean of a channel, and how much the means of its parts scatter.
class PartMeans {
  public:
    void add(double sum, std::int64_t frames) {
        part_sum_ += sum;
        part_frames_ += frames;
        if (part_frames_ >= kPartFrames) {
            double const mean = part_sum_ / static_cast<double>(part_frames_);
            sum_ += mean;
            squares_ += mean * mean;
            ++parts_;
            part_sum_ = 0.0;
            part_frames_ = 0;
        }
    }

    [[nodiscard]] double mean() const noexcept {
        return parts_ > 0 ? sum_ / static_cast<double>(parts_) : 0.0;
    }

    [[nodiscard]] bool is_certain() const noexcept {
        if (parts_ < kPartsLeast) {
            return false;
        }
        auto const parts = static_cast<double>(parts_);
        double const variance = std::max(squares_ / parts - mean() * mean(), 0.0);
        return std::abs(mean()) > kErrors * std::sqrt(variance / parts);
    }

  private:
    double part_sum_ = 0.0;
    std::int64_t part_frames_ = 0;
    double sum_ = 0.0;
    double squares_ = 0.0;
    std::int64_t parts_ = 0;
};

/// `dc_offset`: the waveform does not lie around zero.
class DcOffsetCheck final : public BlockCheck {
  public:
    explicit DcOffsetCheck(Stem const& stem) : stem_(stem) {}

    void process(Block const& block) override {
        for (std::size_t i = 0; i < block.channels.size(); ++i) {
            means_[i].add(block.channels[i].sum, block.frames());
        }
    }

    void finish(Extent const& /*extent*/, std::vector<Finding>& findings) override {
        double worst = 0.0;
        for (auto const& channel : means_) {
            if (channel.is_certain() && std::abs(channel.mean()) > std::abs(worst)) {
                worst = channel.mean();
            }
        }
        if (std::abs(worst) <= kLimit) {
            return;
        }
        findings.push_back(
            {.code = "dc_offset",
             .severity = Severity::warn,
             .stem = stem_.file,
             .measured = worst,
             .limit = kLimit,
             .unit = "of full scale",
             .message = fmt::format(
                 "{} is shifted off zero by {:.0f} dBFS (DC offset); put a high-pass filter at 20 "
                 "Hz on it and export it again",
                 stem_.file,
                 db_from_gain(std::abs(worst))
             )}
        );
    }

  private:
    Stem const& stem_;
    std::array<PartMeans, 2> means_{};
};

} // namespace

std::unique_ptr<BlockCheck> make_dc_offset_check(Stem const& stem) {
    return std::make_unique<DcOffsetCheck>(stem);
}

} // namespace stemlathe::intake
