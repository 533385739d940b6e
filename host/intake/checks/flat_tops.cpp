#include "host/intake/checks/checks.hpp"
#include "host/intake/loud_samples.hpp"
#include "host/intake/places.hpp"
#include "host/intake/words.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace stemlathe::intake {

namespace {

constexpr std::int64_t kRunFrames = 3;
constexpr float kRail = 0.999F; ///< of full scale, or of the stem's own peak
/// What is clipped somewhere below full scale is clipped there again and again.
constexpr std::int64_t kRunsBelowFullScale = 5;
/// The crest of a low note may hold one 16-bit value for a few samples, but it leaves it by one or
/// two steps, not by four.
constexpr float kCorner = 0x1p-13F;
/// A waveform that rests at its rails this much of the time is drawn so: a square wave.
constexpr double kRestingShare = 0.2;

/// Runs of equal samples at a channel's rails, with a corner at one end at least.
class FlatTops {
  public:
    void process(ChannelBlock const& block, std::int64_t first_frame) {
        if (float const peak = block.peak(); peak > peak_) {
            if (peak_ < kRail * std::min(peak, 1.0F)) {
                forget(); // what was flat before is not at the rails
            }
            peak_ = peak;
        }
        float const level = kRail * std::min(peak_, 1.0F);
        if (peak_ > 0.0F && (is_open_ || block.peak() >= level)) {
            look_for_runs(block.samples, first_frame, level);
        }
        last_ = block.samples.back();
    }

    void finish() {
        if (is_open_) {
            close(value_);
        }
    }

    [[nodiscard]] float peak() const noexcept {
        return peak_;
    }

    [[nodiscard]] bool is_at_full_scale() const noexcept {
        return peak_ >= kRail;
    }

    [[nodiscard]] Places const& runs() const noexcept {
        return runs_;
    }

    [[nodiscard]] std::int64_t longest() const noexcept {
        return longest_;
    }

    [[nodiscard]] std::int64_t resting() const noexcept {
        return resting_;
    }

  private:
    void look_for_runs(std::span<float const> samples, std::int64_t first_frame, float level) {
        auto at = continue_run(samples, first_frame);
        for_each_at_least(samples, level, [&](std::size_t i) {
            if (i >= at) {
                at = begin_run(samples, i, first_frame);
            }
        });
    }

    void forget() noexcept {
        is_open_ = false;
        runs_ = {};
        longest_ = 0;
        resting_ = 0;
    }

    /// @returns where in `samples` the run that came into them has ended
    std::size_t continue_run(std::span<float const> samples, std::int64_t first_frame) {
        return is_open_ ? extend(samples, 0, first_frame) : 0;
    }

    std::size_t
    begin_run(std::span<float const> samples, std::size_t at, std::int64_t first_frame) {
        value_ = samples[at];
        before_ = at > 0 ? samples[at - 1] : last_;
        start_ = first_frame + static_cast<std::int64_t>(at);
        is_open_ = true;
        return extend(samples, at, first_frame);
    }

    std::size_t extend(std::span<float const> samples, std::size_t at, std::int64_t first_frame) {
        while (at < samples.size() && samples[at] == value_) {
            ++at;
        }
        end_ = first_frame + static_cast<std::int64_t>(at);
        if (at < samples.size()) {
            close(samples[at]);
        }
        return at;
    }

    void close(float after) {
        is_open_ = false;
        auto const frames = end_ - start_;
        float const corner = std::max(std::abs(value_ - before_), std::abs(value_ - after));
        if (frames >= kRunFrames && corner > kCorner) {
            runs_.add(start_, end_);
            longest_ = std::max(longest_, frames);
            resting_ += frames;
        }
    }

    float peak_ = 0.0F;
    Places runs_{};
    std::int64_t longest_ = 0;
    std::int64_t resting_ = 0;
    bool is_open_ = false;
    float value_ = 0.0F;
    float before_ = 0.0F;
    float last_ = 0.0F;
    std::int64_t start_ = 0;
    std::int64_t end_ = 0;
};

/// `clipped_samples` and `clipped_below_full_scale`.
class FlatTopsCheck final : public BlockCheck {
  public:
    explicit FlatTopsCheck(Stem const& stem) : stem_(stem) {}

    void process(Block const& block) override {
        for (std::size_t i = 0; i < block.channels.size(); ++i) {
            channels_[i].process(block.channels[i], block.first_frame);
        }
        sounding_ += block.rms() > kSounding ? block.frames() : 0;
    }

    void finish(Extent const& /*extent*/, std::vector<Finding>& findings) override {
        std::ranges::for_each(channels_, &FlatTops::finish);
        auto const& worst = *std::ranges::max_element(channels_, {}, [&](FlatTops const& channel) {
            return is_clipped(channel) ? channel.runs().count : 0;
        });
        if (is_clipped(worst)) {
            findings.push_back(finding(worst));
        }
    }

  private:
    static constexpr double kSounding = 1e-3;

    [[nodiscard]] bool is_clipped(FlatTops const& channel) const {
        if (channel.is_at_full_scale()) {
            return channel.runs().count > 0;
        }
        double const resting_max = kRestingShare * static_cast<double>(sounding_);
        return channel.runs().count >= kRunsBelowFullScale &&
               static_cast<double>(channel.resting()) <= resting_max;
    }

    [[nodiscard]] Finding finding(FlatTops const& worst) const {
        bool const at_full_scale = worst.is_at_full_scale();
        auto const& runs = worst.runs();
        auto const places = in_places(runs.count, runs.start_s(stem_));
        auto const words =
            at_full_scale
                ? fmt::format(
                      "{} is clipped {}: up to {} in a row stand at full scale. Turn down what "
                      "feeds its export, and export it again",
                      stem_.file,
                      places,
                      counted(worst.longest(), "sample")
                  )
                : fmt::format(
                      "{} looks clipped before it was turned down: its peaks are cut flat at "
                      "{:.1f} dBFS {}. If that distortion is not meant, look for a clipped "
                      "recording or plug-in",
                      stem_.file,
                      db_from_gain(static_cast<double>(worst.peak())),
                      places
                  );
        return {
            .code = at_full_scale ? "clipped_samples" : "clipped_below_full_scale",
            .severity = Severity::warn,
            .stem = stem_.file,
            .start_s = runs.start_s(stem_),
            .end_s = runs.end_s(stem_),
            .measured = static_cast<double>(worst.longest()),
            .limit = static_cast<double>(kRunFrames),
            .unit = "samples",
            .message = words};
    }

    Stem const& stem_;
    std::array<FlatTops, 2> channels_{};
    std::int64_t sounding_ = 0;
};

} // namespace

std::unique_ptr<BlockCheck> make_flat_tops_check(Stem const& stem) {
    return std::make_unique<FlatTopsCheck>(stem);
}

} // namespace stemlathe::intake
