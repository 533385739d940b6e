#include "host/intake/checks/checks.hpp"
#include "host/intake/stem_check.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace stemlathe::intake {

namespace {

constexpr double kStep = 3.2e-3;     ///< -50 dBFS
constexpr double kTail_dbfs = -50.0; ///< a tail that ends above this is heard to end
constexpr double kTail_s = 0.01;

/// `click` and `cut_tail`: a file that begins or ends in the middle of sound.
class EdgesCheck final : public BlockCheck {
  public:
    explicit EdgesCheck(Stem const& stem)
        : stem_(stem), tail_frames_(std::llround(kTail_s * stem.media.rate_hz)) {}

    void process(Block const& block) override {
        if (!has_begun_) {
            has_begun_ = true;
            for (auto const& channel : block.channels) {
                first_ = std::max(first_, std::abs(channel.samples.front()));
            }
        }
        if (block.first_frame + block.frames() >= stem_.media.frames) {
            tail_power_ = power_of_last(block, tail_frames_);
        }
    }

    void finish(Extent const& extent, std::vector<Finding>& findings) override {
        if (extent.has_start && static_cast<double>(first_) > kStep) {
            findings.push_back(click());
        }
        double const tail_dbfs = db_from_power(tail_power_);
        if (extent.has_end && tail_dbfs > kTail_dbfs) {
            findings.push_back(cut_tail(moment_s(stem_, extent.end), tail_dbfs));
        }
    }

  private:
    /// Mean square of the louder channel over the last frames, which may begin before the block.
    [[nodiscard]] static double power_of_last(Block const& block, std::int64_t frames) {
        auto const first = std::max(block.frames() - frames, -block.history());
        double loudest = 0.0;
        for (auto const& channel : block.channels) {
            double energy = 0.0;
            for (auto i = first; i < block.frames(); ++i) {
                energy += static_cast<double>(channel.at(i)) * static_cast<double>(channel.at(i));
            }
            loudest = std::max(loudest, energy);
        }
        return loudest / static_cast<double>(block.frames() - first);
    }

    [[nodiscard]] Finding click() const {
        return {
            .code = "click",
            .severity = Severity::warn,
            .stem = stem_.file,
            .start_s = moment_s(stem_, 0),
            .measured = db_from_gain(static_cast<double>(first_)),
            .limit = db_from_gain(kStep),
            .unit = "dBFS",
            .message = fmt::format(
                "{} begins with a step of {:.0f} dBFS, which is heard as a click; export it from a "
                "moment before its first sound, or fade it in over a millisecond",
                stem_.file,
                db_from_gain(static_cast<double>(first_))
            )};
    }

    [[nodiscard]] Finding cut_tail(double end_s, double tail_dbfs) const {
        return {
            .code = "cut_tail",
            .severity = Severity::warn,
            .stem = stem_.file,
            .start_s = end_s,
            .measured = tail_dbfs,
            .limit = kTail_dbfs,
            .unit = "dBFS",
            .message = fmt::format(
                "{} stops in the middle of sound ({:.0f} dBFS at {:.2f} s); export it with its "
                "whole tail",
                stem_.file,
                tail_dbfs,
                end_s
            )};
    }

    Stem const& stem_;
    std::int64_t tail_frames_;
    bool has_begun_ = false;
    float first_ = 0.0F;
    double tail_power_ = 0.0;
};

} // namespace

std::unique_ptr<BlockCheck> make_edges_check(Stem const& stem) {
    return std::make_unique<EdgesCheck>(stem);
}

} // namespace stemlathe::intake
