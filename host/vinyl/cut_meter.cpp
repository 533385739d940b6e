#include "host/vinyl/cut_meter.hpp"

#include "host/vinyl/recording_curve.hpp"
#include "host/vinyl/stereo_filter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace stemlathe {

namespace {

constexpr int kCutHopsPerSecond = 100;
constexpr std::size_t kBlockHops = 40;   // 400 ms
constexpr std::size_t kSecondHops = 100; // the full band: what cancels for a second
constexpr std::size_t kStrideHops = 10;
constexpr double kGate_power = 1e-5;          // -50 dBFS, RMS of both channels
constexpr double kSofterThanSong_power = 0.1; // -10 dB
constexpr double kSmallest_power = 1e-30;

} // namespace

namespace cutting {

/// Energies of left, right and their product over one stretch, per frame.
struct StereoProducts {
    double left = 0.0;
    double right = 0.0;
    double both = 0.0;

    void add(StereoFrame frame) {
        left += frame[0] * frame[0];
        right += frame[1] * frame[1];
        both += frame[0] * frame[1];
    }

    [[nodiscard]] double power() const {
        return (left + right) / 2.0;
    }

    [[nodiscard]] double correlation() const {
        return both / std::sqrt(std::max(left * right, kSmallest_power * kSmallest_power));
    }

    /// |L - R|^2 over |L + R|^2, dB.
    [[nodiscard]] double width_db() const {
        double const side = std::max(left + right - 2.0 * both, kSmallest_power);
        double const mid = std::max(left + right + 2.0 * both, kSmallest_power);
        return 10.0 * std::log10(side / mid);
    }
};

/// The last hops of one band; a sum over a stretch is computed anew each time, so that rounding
/// does not pile up.
class Recent {
  public:
    explicit Recent(std::size_t hops) : hops_(hops) {}

    void push(StereoProducts const& hop) {
        hops_[count_ % hops_.size()] = hop;
        ++count_;
    }

    /// True every 100 ms once there are enough.
    [[nodiscard]] bool is_due() const {
        return count_ >= hops_.size() && count_ % kStrideHops == 0;
    }

    [[nodiscard]] StereoProducts mean() const {
        StereoProducts sum;
        for (auto const& hop : hops_) {
            sum.left += hop.left;
            sum.right += hop.right;
            sum.both += hop.both;
        }
        auto const count = static_cast<double>(hops_.size());
        return {sum.left / count, sum.right / count, sum.both / count};
    }

    [[nodiscard]] double start_s() const {
        return static_cast<double>(count_ - hops_.size()) / kCutHopsPerSecond;
    }

  private:
    std::vector<StereoProducts> hops_;
    std::size_t count_ = 0;
};

} // namespace cutting

namespace {

void keep_lower(std::optional<CutMoment>& worst, CutMoment const& moment) {
    if (!worst || moment.value < worst->value) {
        worst = moment;
    }
}

void keep_higher(std::optional<CutMoment>& worst, CutMoment const& moment) {
    if (!worst || moment.value > worst->value) {
        worst = moment;
    }
}

std::vector<StereoFilter::Section> recorded_band(double low_hz, double high_hz, int rate_hz) {
    auto sections = recording_curve_sections(rate_hz);
    for (auto const& section : band_sections(low_hz, high_hz, rate_hz)) {
        sections.push_back(section);
    }
    return sections;
}

} // namespace

struct CutMeter::State {
    explicit State(int rate)
        : rate_hz(rate),
          bass_filter(band_sections(20.0, 150.0, rate)),
          low_filter(low_pass_sections(300.0, rate)),
          bright_filter(recorded_band(5000.0, 15'000.0, rate)),
          middle_filter(recorded_band(500.0, 2000.0, rate)) {}

    void add(StereoFrame frame) {
        sums[0].add(bass_filter.process(frame));
        sums[1].add(low_filter.process(frame));
        sums[2].add(frame);
        sums[3].add(bright_filter.process(frame));
        sums[4].add(middle_filter.process(frame));
        ++frames_in_hop;
        ++frame_count;
        if (frame_count * kCutHopsPerSecond >= (hop_count + 1) * rate_hz) {
            finish_hop();
        }
    }

    void finish_hop() {
        for (auto& sum : sums) {
            auto const frames = static_cast<double>(frames_in_hop);
            sum = {sum.left / frames, sum.right / frames, sum.both / frames};
        }
        bass.push(sums[0]);
        low.push(sums[1]);
        full.push(sums[2]);
        bright.push_back(static_cast<float>(sums[3].power()));
        middle.push_back(static_cast<float>(sums[4].power()));
        sums = {};
        frames_in_hop = 0;
        ++hop_count;
        judge();
    }

    void judge() {
        if (bass.is_due() && bass.mean().power() > kGate_power) {
            keep_higher(reading.bass_width_db, {bass.mean().width_db(), bass.start_s()});
        }
        if (low.is_due() && low.mean().power() > kGate_power) {
            keep_lower(reading.bass_correlation, {low.mean().correlation(), low.start_s()});
        }
        if (full.is_due() && full.mean().power() > kGate_power) {
            keep_lower(reading.correlation, {full.mean().correlation(), full.start_s()});
        }
    }

    /// The song's own middle: the mean over all hops that are no pause; 0 for silence.
    [[nodiscard]] double middle_of_song() const {
        double sum = 0.0;
        std::int64_t count = 0;
        for (float const power : middle) {
            if (power > kGate_power) {
                sum += static_cast<double>(power);
                ++count;
            }
        }
        return count > 0 ? sum / static_cast<double>(count) : 0.0;
    }

    [[nodiscard]] std::optional<CutMoment> sibilance() const {
        std::optional<CutMoment> worst;
        double const least = std::max(middle_of_song() * kSofterThanSong_power, kGate_power);
        for (std::size_t hop = 0; hop < bright.size(); ++hop) {
            if (static_cast<double>(bright[hop]) <= kGate_power) {
                continue;
            }
            auto const from = hop - std::min(hop, kBlockHops / 2);
            auto const to = std::min(hop + kBlockHops / 2, middle.size());
            double around = 0.0;
            for (auto i = from; i < to; ++i) {
                around += static_cast<double>(middle[i]);
            }
            around = std::max(around / static_cast<double>(to - from), least);
            keep_higher(
                worst,
                {10.0 * std::log10(static_cast<double>(bright[hop]) / around),
                 static_cast<double>(hop) / kCutHopsPerSecond}
            );
        }
        return worst;
    }

    int rate_hz;
    StereoFilter bass_filter;
    StereoFilter low_filter;
    StereoFilter bright_filter;
    StereoFilter middle_filter;
    std::array<cutting::StereoProducts, 5> sums{}; ///< bass, low, full, bright, middle
    std::int64_t frames_in_hop = 0;
    std::int64_t frame_count = 0;
    std::int64_t hop_count = 0;
    cutting::Recent bass{kBlockHops};
    cutting::Recent low{kBlockHops};
    cutting::Recent full{kSecondHops};
    std::vector<float> bright{};
    std::vector<float> middle{};
    CutReading reading{};
};

CutMeter::CutMeter(int rate_hz) : state_(std::make_unique<State>(rate_hz)) {}

CutMeter::~CutMeter() = default;

void CutMeter::add(std::span<double const> samples) {
    for (std::size_t i = 0; i + 1 < samples.size(); i += 2) {
        state_->add(StereoFrame{samples[i], samples[i + 1]});
    }
}

CutReading CutMeter::finish() const {
    auto reading = state_->reading;
    reading.sibilance_db = state_->sibilance();
    return reading;
}

} // namespace stemlathe
