#include "host/intake/checks/checks.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stemlathe::intake {

namespace {

constexpr double kDead_dbfs = -80.0;
constexpr double kAlive_dbfs = -40.0;

/// `dead_channel`: nothing in one channel while the other plays.
class DeadChannelCheck final : public BlockCheck {
  public:
    explicit DeadChannelCheck(Stem const& stem) : stem_(stem) {}

    void process(Block const& block) override {
        channels_ = block.channels.size();
        for (std::size_t i = 0; i < block.channels.size(); ++i) {
            auto const& channel = block.channels[i];
            loudest_[i] =
                std::max(loudest_[i], channel.energy / static_cast<double>(block.frames()));
        }
    }

    void finish(Extent const& extent, std::vector<Finding>& findings) override {
        if (channels_ != 2 || !extent.has_start || !extent.has_end) {
            return;
        }
        std::size_t const dead = loudest_[0] < loudest_[1] ? 0 : 1;
        double const dead_dbfs = db_from_power(loudest_[dead]);
        if (dead_dbfs >= kDead_dbfs || db_from_power(loudest_[1 - dead]) <= kAlive_dbfs) {
            return;
        }
        findings.push_back(
            {.code = "dead_channel",
             .severity = Severity::warn,
             .stem = stem_.file,
             .measured = dead_dbfs > kSilence_db ? std::optional{dead_dbfs} : std::nullopt,
             .limit = kDead_dbfs,
             .unit = "dBFS",
             .message = fmt::format(
                 "{} plays on the {} only: its {} channel is empty. If it belongs to one side, all "
                 "is well; else export it again, or as mono",
                 stem_.file,
                 dead == 0 ? "right" : "left",
                 dead == 0 ? "left" : "right"
             )}
        );
    }

  private:
    Stem const& stem_;
    std::size_t channels_ = 1;
    std::array<double, 2> loudest_{}; ///< mean square of a block
};

} // namespace

std::unique_ptr<BlockCheck> make_dead_channel_check(Stem const& stem) {
    return std::make_unique<DeadChannelCheck>(stem);
}

} // namespace stemlathe::intake
