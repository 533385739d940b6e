#include "host/report/html/chart.hpp"
#include "host/report/html/sections.hpp"
#include "host/report/html/text.hpp"
#include "host/report/html/time_axis.hpp"
#include "kernels/base/stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace stemlathe::html {

namespace {

constexpr double kShortTermStep_s = 0.1;
constexpr double kLoudnessSpan_lu = 36.0; ///< what lies further under the loudest is not drawn
constexpr double kLoudnessTick_lu = 6.0;
constexpr float kQuiet_lufs = -60.0F; ///< pauses do not set the scale
constexpr double kFadePart = 0.05;    ///< nor does this part of the song, its quietest
constexpr double kIdle_db = 0.05;     ///< a stage that never does more is told in words

std::string series_style(std::size_t index) {
    return "s" + std::to_string(index % kSeriesColours + 1);
}

/// From the quietest to the loudest that is more than a pause or a fade, on whole ticks.
ValueAxis loudness_axis(std::vector<Series> const& series) {
    double high = static_cast<double>(kQuiet_lufs);
    double low = 0.0;
    for (auto const& one : series) {
        std::vector<float> heard;
        std::ranges::copy_if(one.values, std::back_inserter(heard), [](float value) {
            return value > kQuiet_lufs;
        });
        if (heard.empty()) {
            continue;
        }
        std::ranges::sort(heard);
        auto const quiet =
            heard[static_cast<std::size_t>(kFadePart * static_cast<double>(heard.size()))];
        high = std::max(high, static_cast<double>(heard.back()));
        low = std::min(low, static_cast<double>(quiet));
    }
    high = std::ceil(high / kLoudnessTick_lu) * kLoudnessTick_lu;
    low = std::floor(std::max(low, high - kLoudnessSpan_lu) / kLoudnessTick_lu) * kLoudnessTick_lu;
    low = std::min(low, high - 2.0 * kLoudnessTick_lu);
    return {.top = high, .bottom = low, .tick = kLoudnessTick_lu, .unit = "LUFS, short-term"};
}

double highest(std::vector<float> const& values) {
    return values.empty()
               ? 0.0
               : std::max(
                     0.0, static_cast<double>(*std::max_element(values.begin(), values.end()))
                 );
}

/// "vinyl, broadcast: no reduction" for the stages that have nothing to draw.
std::string idle_words(std::vector<Series> const& idle) {
    std::string names;
    for (auto const& one : idle) {
        names += (names.empty() ? "" : ", ") + escaped(one.name);
    }
    return names.empty() ? names : R"(<p class="dim">)" + names + ": no reduction.</p>";
}

/// One scale for all lanes, so that their depths can be compared.
std::string lanes(std::vector<Series> all, double duration_s) {
    auto const at_work = [](Series const& one) {
        return highest(one.values) >= kIdle_db;
    };
    auto const first_idle = std::stable_partition(all.begin(), all.end(), at_work);
    std::vector<Series> const idle{first_idle, all.end()};
    std::vector<Series> const series{all.begin(), first_idle};
    if (series.empty()) {
        return idle_words(idle);
    }
    double deepest_db = 0.0;
    for (auto const& one : series) {
        deepest_db = std::max(deepest_db, highest(one.values));
    }
    double const tick_db =
        deepest_db > 12.0 ? 6.0 : (deepest_db > 8.0 ? 3.0 : (deepest_db > 3.0 ? 2.0 : 1.0));
    double const depth_db = std::max(1.0, std::ceil(deepest_db / tick_db)) * tick_db;
    return lane_chart(series, depth_db, tick_db, duration_s, "gain reduction over time in dB") +
           idle_words(idle);
}

std::vector<Series> limiter_series(MasteringReport const& report) {
    std::vector<Series> series;
    for (std::size_t i = 0; i < report.deliveries.size(); ++i) {
        auto const& delivery = report.deliveries[i];
        if (delivery.gain_reduction_db.empty() || delivery.files.empty()) {
            continue;
        }
        series.push_back(
            {.name = delivery.plan.name,
             .note = fmt::format(
                 "max {} dB, mean {} dB",
                 figure(delivery.gain_reduction_max_db),
                 figure(delivery.gain_reduction_mean_db)
             ),
             .style = series_style(i),
             .values = delivery.gain_reduction_db,
             .step_s = static_cast<double>(kTraceHopFrames) / delivery.files.front().sample_rate_hz}
        );
    }
    return series;
}

std::string band_name(BandReduction const& band, int rate_hz) {
    if (band.low_hz <= 0.0) {
        return "below " + frequency(band.high_hz);
    }
    if (band.high_hz <= 0.0 || band.high_hz >= 0.5 * rate_hz) {
        return "above " + frequency(band.low_hz);
    }
    return frequency(band.low_hz) + " to " + frequency(band.high_hz);
}

std::vector<Series> band_series(MasteringReport const& report) {
    std::vector<Series> series;
    for (std::size_t i = 0; i < report.multiband.size(); ++i) {
        auto const& band = report.multiband[i];
        series.push_back(
            {.name = band_name(band, report.sample_rate_hz),
             .note = "max " + figure(highest(band.gain_reduction_db)) + " dB",
             .style = series_style(i),
             .values = band.gain_reduction_db,
             .step_s = static_cast<double>(kTraceHopFrames) / std::max(report.sample_rate_hz, 1)}
        );
    }
    return series;
}

} // namespace

std::string loudness_section(MasteringReport const& report) {
    std::vector<Series> series;
    if (!report.mix_short_term_lufs.empty()) {
        series.push_back(
            {.name = "mix before mastering",
             .note = {},
             .style = "mix",
             .values = report.mix_short_term_lufs,
             .step_s = kShortTermStep_s}
        );
    }
    for (std::size_t i = 0; i < report.deliveries.size(); ++i) {
        auto const& delivery = report.deliveries[i];
        if (delivery.version.empty() && !delivery.reading.short_term_lufs.empty()) {
            series.push_back(
                {.name = delivery.plan.name,
                 .note = {},
                 .style = series_style(i),
                 .values = delivery.reading.short_term_lufs,
                 .step_s = kShortTermStep_s}
            );
        }
    }
    double const duration_s = shown_s(report);
    if (series.empty() || duration_s <= 0.0) {
        return {};
    }
    return section(
        "Loudness over time",
        "Short-term loudness (EBU Tech 3341, three seconds) of the mix and of each delivery.",
        line_chart(
            series,
            loudness_axis(series),
            duration_s,
            "Short-term loudness over time in LUFS, one line for the mix and one per delivery"
        )
    );
}

std::string reduction_section(MasteringReport const& report) {
    double const duration_s = shown_s(report);
    auto const limiters = limiter_series(report);
    auto const bands = band_series(report);
    if (duration_s <= 0.0 || (limiters.empty() && bands.empty())) {
        return {};
    }
    std::string content;
    if (!limiters.empty()) {
        content += "<h3>Limiter, per delivery</h3>" + lanes(limiters, duration_s);
    }
    if (!bands.empty()) {
        content += "<h3>Bus multiband, per band</h3>" + lanes(bands, duration_s);
    }
    return section(
        "Gain reduction",
        "How far each stage turns the music down, in dB from 0 at the top of its lane. Where the "
        "page is too narrow for every moment, the deepest one is drawn.",
        content
    );
}

} // namespace stemlathe::html
