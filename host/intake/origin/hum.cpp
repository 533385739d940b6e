#include "host/intake/origin/mains_hum.hpp"
#include "host/intake/origin/origin_checks.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <limits>
#include <span>

namespace stemlathe::intake {

namespace {

constexpr double kQuiet = 0.02; // rms of a block in which nothing plays, at most: -34 dBFS
constexpr double kAudible_dbfs = -80.0;
constexpr std::int64_t kDecimated = 16; // frames of 44.1 and 48 kHz that become one

/// Keeps the quietest five seconds, as means of neighbouring frames: hum lies below 500 Hz.
class Hum final : public BlockCheck {
  public:
    explicit Hum(Stem const& stem)
        : stem_(stem), decimation_(kDecimated * rate_family(stem.media.rate_hz)) {
        current_.reserve(kHumFrames);
    }

    void process(Block const& block) override {
        if (block.frames() < kBlockFrames || !(block.rms() < kQuiet) || block.peak() == 0.0F) {
            current_.clear();
            return;
        }
        if (current_.empty()) {
            current_first_ = block.first_frame;
        }
        append(block);
        if (current_.size() == kHumFrames) {
            keep_if_quieter();
        }
    }

    void finish(Extent const&, std::vector<Finding>& findings) override {
        if (quietest_.empty()) {
            return;
        }
        double const rate_hz =
            static_cast<double>(stem_.media.rate_hz) / static_cast<double>(decimation_);
        auto const hum = mains_hum(quietest_, rate_hz);
        if (hum && hum->level_dbfs >= kAudible_dbfs) {
            findings.push_back(finding(*hum));
        }
    }

  private:
    void append(Block const& block) {
        auto const channels = static_cast<float>(block.channels.size());
        float const scale = 1.0F / (static_cast<float>(decimation_) * channels);
        auto const step = static_cast<std::size_t>(decimation_);
        for (std::size_t at = 0; at < static_cast<std::size_t>(kBlockFrames); at += step) {
            float sum = 0.0F;
            for (auto const& channel : block.channels) {
                sum += sum_of(channel.samples.subspan(at, step));
            }
            current_.push_back(sum * scale);
        }
    }

    /// Of a multiple of four, in four sums side by side.
    static float sum_of(std::span<float const> samples) {
        std::array<float, 4> sums{};
        for (std::size_t i = 0; i + 3 < samples.size(); i += 4) {
            for (std::size_t k = 0; k < 4; ++k) {
                sums[k] += samples[i + k];
            }
        }
        return (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }

    /// Stretches overlap by half.
    void keep_if_quieter() {
        double energy = 0.0;
        for (float const sample : current_) {
            energy += static_cast<double>(sample) * sample;
        }
        if (energy < quietest_energy_) {
            quietest_ = current_;
            quietest_energy_ = energy;
            quietest_first_ = current_first_;
        }
        current_.erase(current_.begin(), current_.begin() + kHumFrames / 2);
        current_first_ += static_cast<std::int64_t>(kHumFrames / 2) * decimation_;
    }

    [[nodiscard]] Finding finding(MainsHum const& hum) const {
        auto const frames = static_cast<std::int64_t>(kHumFrames) * decimation_;
        double const start_s = moment_s(stem_, quietest_first_);
        return {
            .code = "hum",
            .severity = Severity::warn,
            .stem = stem_.file,
            .start_s = start_s,
            .end_s = moment_s(stem_, quietest_first_ + frames),
            .measured = hum.level_dbfs,
            .limit = kAudible_dbfs,
            .unit = "dBFS",
            .message = fmt::format(
                "{} hums at {:.1f} Hz and {} of its harmonics, {:.0f} dBFS in all, heard from "
                "{:.1f} s on where little else plays; remove it, or cut the pauses",
                stem_.file,
                hum.hz,
                hum.harmonics,
                hum.level_dbfs,
                start_s
            )};
    }

    Stem const& stem_;
    std::int64_t decimation_;
    std::vector<float> current_{};
    std::int64_t current_first_ = 0;
    std::vector<float> quietest_{};
    std::int64_t quietest_first_ = 0;
    double quietest_energy_ = std::numeric_limits<double>::infinity();
};

} // namespace

std::unique_ptr<BlockCheck> make_hum_check(Stem const& stem) {
    return std::make_unique<Hum>(stem);
}

} // namespace stemlathe::intake
