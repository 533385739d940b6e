#include "host/intake/origin/origin_checks.hpp"
#include "host/intake/origin/steady_run.hpp"
#include "host/intake/origin/tonality.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>

namespace stemlathe::intake {

namespace {

constexpr double kFloor_dbfs = -60.0;
constexpr double kOnlyNoise_dbfs = -40.0; // louder noise is meant to be heard
constexpr double kPause_db = 20.0;        // a floor lies at least so far under what is played
constexpr double kUnmoved_db = 3.0;       // between the loudest and the quietest of a stem of hiss
constexpr double kTonalShare = 0.1;

class Noise final : public BlockCheck {
  public:
    explicit Noise(Stem const& stem) : stem_(stem), finder_(stem.media.rate_hz) {}

    void process(Block const& block) override {
        finder_.add(block);
    }

    void finish(Extent const& extent, std::vector<Finding>& findings) override {
        auto const& run = finder_.quietest();
        // Effects may be made of noise.
        if (!run || run->level_dbfs < kFloor_dbfs || stem_.role == Role::fx || !is_noise(*run)) {
            return;
        }
        double const loud_dbfs = finder_.level_dbfs(0.95);
        bool const is_whole = extent.has_start && extent.has_end;
        if (is_whole && run->level_dbfs < kOnlyNoise_dbfs &&
            loud_dbfs - finder_.level_dbfs(0.05) <= kUnmoved_db) {
            findings.push_back(noise_only(run->level_dbfs));
        } else if (run->level_dbfs <= loud_dbfs - kPause_db) {
            findings.push_back(noise_floor(*run));
        }
    }

  private:
    [[nodiscard]] bool is_noise(SteadyRun const& run) const {
        return tonal_share(finder_.spectrum_of(run)) < kTonalShare;
    }

    [[nodiscard]] Finding finding(std::string code, double level_dbfs, double limit_dbfs) const {
        return {
            .code = std::move(code),
            .severity = Severity::warn,
            .stem = stem_.file,
            .measured = level_dbfs,
            .limit = limit_dbfs,
            .unit = "dBFS"};
    }

    [[nodiscard]] Finding noise_only(double level_dbfs) const {
        auto out = finding("noise_only", level_dbfs, kFloor_dbfs);
        out.message = fmt::format(
            "{} holds nothing but steady noise at {:.0f} dBFS; if something should play, check "
            "its input and export it again, else leave it out",
            stem_.file,
            level_dbfs
        );
        return out;
    }

    [[nodiscard]] Finding noise_floor(SteadyRun const& run) const {
        auto out = finding("noise_floor", run.level_dbfs, kFloor_dbfs);
        out.start_s = moment_s(stem_, run.first_frame);
        out.end_s = moment_s(stem_, run.first_frame + run.frames);
        out.message = fmt::format(
            "{} has a noise floor of {:.0f} dBFS, heard in the pause at {:.1f} s; mute its pauses "
            "or reduce the noise",
            stem_.file,
            run.level_dbfs,
            *out.start_s
        );
        return out;
    }

    Stem const& stem_;
    SteadyRunFinder finder_;
};

} // namespace

std::unique_ptr<BlockCheck> make_noise_check(Stem const& stem) {
    return std::make_unique<Noise>(stem);
}

} // namespace stemlathe::intake
