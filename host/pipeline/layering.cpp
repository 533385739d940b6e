#include "host/pipeline/layering.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>

namespace stemlathe {

namespace {

constexpr std::size_t kPairs_max = 8;
constexpr double kLongest_s = 20.0;

/// Rows of a cross spectrum, after the powers of both channels.
constexpr std::size_t kReal = 2;
constexpr std::size_t kImaginary = 3;

/// Sums over time of one line: both powers, real and imaginary part of the cross-spectrum.
using LineSums = std::array<double, 4>;

/// Two stems as the two channels of one signal.
class PairSource {
  public:
    PairSource(Session const& session, Window const& window, StemPair pair, Backend& backend)
        : mix_(backend.make_mix({.inputs = 2})),
          spectrum_(backend.make_spectrum({.rate_hz = session.rate_hz, .cross = true})),
          backend_(backend) {
        constexpr float kHalf = 0.5F;
        for (auto const stem : {pair.masked, pair.masker}) {
            sources_.push_back(
                std::make_unique<StemSource>(session.stems[stem], session, window, backend)
            );
        }
        placed_.push_back(backend.make_placement({.ll = kHalf, .lr = kHalf, .rl = 0.0F, .rr = 0.0F})
        );
        placed_.push_back(backend.make_placement({.ll = 0.0F, .lr = 0.0F, .rl = kHalf, .rr = kHalf})
        );
    }

    /// Adds the next frames up to `target` to the sums.
    void advance(std::int64_t target, std::vector<LineSums>& sums) {
        std::array<AudioView, 2> views{};
        for (std::size_t i = 0; i < views.size(); ++i) {
            views[i] = placed_[i]->process(sources_[i]->advance(target));
        }
        add(spectrum_->process(mix_->process(views)), sums);
    }

  private:
    void add(SpectrumView view, std::vector<LineSums>& sums) {
        auto const count = static_cast<std::size_t>(view.hops * view.rows * view.lines);
        std::span<float const> values{view.powers, count};
        if (view.memory != Memory::host) {
            downloaded_.resize(count);
            backend_.download(view.as_frames(), downloaded_);
            values = downloaded_;
        }
        auto const lines = static_cast<std::size_t>(view.lines);
        sums.resize(lines);
        for (std::size_t hop = 0; hop < static_cast<std::size_t>(view.hops); ++hop) {
            for (std::size_t row = 0; row < LineSums{}.size(); ++row) {
                for (std::size_t line = 0; line < lines; ++line) {
                    sums[line][row] +=
                        static_cast<double>(values[(hop * LineSums{}.size() + row) * lines + line]);
                }
            }
        }
    }

    std::vector<std::unique_ptr<StemSource>> sources_;
    std::vector<std::unique_ptr<Stage>> placed_;
    std::unique_ptr<Stage> mix_;
    std::unique_ptr<SpectrumStage> spectrum_;
    Backend& backend_;
    std::vector<float> downloaded_;
};

/// Mean coherence of the lines between two frequencies, weighted by the root of both powers.
double coherence(std::vector<LineSums> const& sums, int rate_hz, double low_hz, double high_hz) {
    auto const lines = spectrum_lines({.rate_hz = rate_hz});
    double weight = 0.0;
    double sum = 0.0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        double const both = sums[i][0] * sums[i][1];
        if (lines[i].hz < low_hz || lines[i].hz > high_hz || both <= 0.0) {
            continue;
        }
        double const cross =
            sums[i][kReal] * sums[i][kReal] + sums[i][kImaginary] * sums[i][kImaginary];
        weight += std::sqrt(both);
        sum += std::sqrt(both) * cross / both;
    }
    return weight > 0.0 ? sum / weight : 0.0;
}

/// The event's first seconds as a window of the song.
Window window_of(MaskingEvent const& event, Window const& window, double hop_s, int rate_hz) {
    double const start_s = static_cast<double>(event.first()) * hop_s;
    double const end_s = std::min(static_cast<double>(event.last()) * hop_s, start_s + kLongest_s);
    auto const first = std::min(frames_from_seconds(start_s, rate_hz), window.frames - 1);
    auto const end = std::clamp(frames_from_seconds(end_s, rate_hz), first + 1, window.frames);
    return {.from_frame = window.from_frame + first, .frames = end - first};
}

/// The costliest event of each of the costliest pairs.
std::vector<MaskingEvent const*> costliest_of_pairs(std::span<MaskingEvent const> events) {
    std::vector<StemPair> seen;
    std::vector<MaskingEvent const*> chosen;
    for (auto const& event : events) {
        if (chosen.size() < kPairs_max && !includes(seen, event.pair)) {
            seen.push_back(event.pair);
            chosen.push_back(&event);
        }
    }
    return chosen;
}

std::vector<LineSums>
sums_over(Window const& part, StemPair pair, Session const& session, Backend& backend, Run& run) {
    PairSource source{session, part, pair, backend};
    std::vector<LineSums> sums;
    for (std::int64_t target = 0; target < part.frames;) {
        run.check_stop();
        target = std::min(target + run.segment_frames, part.frames);
        source.advance(target, sums);
    }
    return sums;
}

} // namespace

std::vector<StemPair> layered_pairs(
    Session const& session,
    Window const& window,
    std::span<MaskingEvent const> events,
    std::span<double const> bands_hz,
    double hop_s,
    Backend& backend,
    Run& run
) {
    auto const chosen = costliest_of_pairs(events);
    std::vector<double> coherences(chosen.size());
    run.stage_tasks(backend.info().stage_threads).for_each(chosen.size(), [&](std::size_t i) {
        auto const& event = *chosen[i];
        auto const part = window_of(event, window, hop_s, session.rate_hz);
        auto const sums = sums_over(part, event.pair, session, backend, run);
        auto const bands = main_bands(event);
        coherences[i] = coherence(sums, session.rate_hz, bands_hz[bands.low], bands_hz[bands.high]);
    });
    std::vector<StemPair> layered;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (coherences[i] >= kLayered) {
            layered.push_back(chosen[i]->pair);
        }
    }
    return layered;
}

} // namespace stemlathe
