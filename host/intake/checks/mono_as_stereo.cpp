#include "host/intake/checks/checks.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

namespace stemlathe::intake {

namespace {

constexpr double kSideToMid_db = -90.0;

/// `mono_as_stereo`: both channels hold the same. Dither of their own keeps 24-bit copies apart by
/// -135 dB or so.
class MonoAsStereoCheck final : public BlockCheck {
  public:
    explicit MonoAsStereoCheck(Stem const& stem) : stem_(stem) {}

    void process(Block const& block) override {
        channels_ = block.channels.size();
        for (auto const& channel : block.channels) {
            energy_ += channel.energy;
        }
        difference_ += block.difference_energy;
    }

    void finish(Extent const& extent, std::vector<Finding>& findings) override {
        if (channels_ != 2 || energy_ <= 0.0 || !extent.has_start || !extent.has_end) {
            return;
        }
        // (L + R)^2 + (L - R)^2 = 2 (L^2 + R^2)
        double const sum = 2.0 * energy_ - difference_;
        double const ratio_db = db_from_power(difference_) - db_from_power(sum);
        if (sum <= 0.0 || ratio_db >= kSideToMid_db) {
            return;
        }
        findings.push_back(
            {.code = "mono_as_stereo",
             .severity = Severity::info,
             .stem = stem_.file,
             .measured = difference_ > 0.0 ? std::optional{ratio_db} : std::nullopt,
             .limit = kSideToMid_db,
             .unit = "dB",
             .message = fmt::format(
                 "{} holds the same in both channels; that sounds as it should, a mono file would "
                 "be half the size",
                 stem_.file
             )}
        );
    }

  private:
    Stem const& stem_;
    std::size_t channels_ = 1;
    double energy_ = 0.0;
    double difference_ = 0.0;
};

} // namespace

std::unique_ptr<BlockCheck> make_mono_as_stereo_check(Stem const& stem) {
    return std::make_unique<MonoAsStereoCheck>(stem);
}

} // namespace stemlathe::intake
