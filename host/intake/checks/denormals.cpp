#include "host/intake/checks/checks.hpp"
#include "host/intake/places.hpp"
#include "host/intake/words.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace stemlathe::intake {

namespace {

/// No waveform passes from sound to 1e-38 within a block unless it is at rest before or after.
constexpr float kQuiet = 1e-30F;

/// `denormals`: what a filter leaves when it rings on for ever; harmless, and slow on many
/// machines.
class DenormalsCheck final : public BlockCheck {
  public:
    explicit DenormalsCheck(Stem const& stem) : stem_(stem) {}

    void process(Block const& block) override {
        for (auto const& channel : block.channels) {
            if (channel.peak() == 0.0F || channel.peak() > kQuiet) {
                continue;
            }
            for (std::size_t i = 0; i < channel.samples.size(); ++i) {
                float const magnitude = std::abs(channel.samples[i]);
                if (magnitude > 0.0F && magnitude < std::numeric_limits<float>::min()) {
                    auto const frame = block.first_frame + static_cast<std::int64_t>(i);
                    samples_.add(frame, frame + 1);
                }
            }
        }
    }

    void finish(Extent const& /*extent*/, std::vector<Finding>& findings) override {
        if (samples_.count == 0) {
            return;
        }
        findings.push_back(
            {.code = "denormals",
             .severity = Severity::info,
             .stem = stem_.file,
             .start_s = samples_.start_s(stem_),
             .end_s = samples_.end_s(stem_),
             .measured = static_cast<double>(samples_.count),
             .limit = 0.0,
             .unit = "samples",
             .message = fmt::format(
                 "{} holds {} too small for a normal number, the first at {:.2f} s; they are "
                 "silence to every ear, and cost some programs much time",
                 stem_.file,
                 counted(samples_.count, "sample"),
                 samples_.start_s(stem_)
             )}
        );
    }

  private:
    Stem const& stem_;
    Places samples_{};
};

} // namespace

std::unique_ptr<BlockCheck> make_denormals_check(Stem const& stem) {
    return std::make_unique<DenormalsCheck>(stem);
}

} // namespace stemlathe::intake
