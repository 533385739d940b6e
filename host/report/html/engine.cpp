#include "host/report/html/sections.hpp"
#include "host/report/html/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::html {

namespace {

/// One bar per stage, as long as its share of the whole.
std::string stage_bars(Timing const& timing) {
    std::string rows;
    double const whole_s = std::max(timing.wall_s, 1e-9);
    for (auto const& stage : timing.stages) {
        double const share = std::clamp(stage.wall_s / whole_s, 0.0, 1.0);
        rows += fmt::format(
            R"(<div class="bar"><span>{}</span><svg viewBox="0 0 1000 10" )"
            R"(preserveAspectRatio="none" aria-hidden="true"><path class="track" )"
            R"(d="M0,0H1000V10H0Z"/><path d="M0,0H{:.1f}V10H0Z"/></svg>)"
            R"(<span class="n">{:.2f} s</span></div>)",
            escaped(stage.name),
            1000.0 * share,
            stage.wall_s
        );
    }
    return rows;
}

} // namespace

std::string engine_section(MasteringReport const& report) {
    auto const& timing = report.timing;
    auto const& engine = report.engine;
    std::string lead;
    if (timing.wall_s > 0.0) {
        lead = fmt::format(
            "{} of music in {:.2f} s: {:.0f} times faster than it plays. Peak memory {}.",
            clock(timing.audio_s),
            timing.wall_s,
            timing.audio_s / timing.wall_s,
            size(static_cast<double>(timing.peak_memory_bytes))
        );
    }
    auto const device = fmt::format(
        R"(<p class="dim">stemlathe {} ({}), engine {}, on {}{}, {} {}. {}</p>)",
        escaped(engine.version),
        escaped(engine.commit),
        engine.generation,
        escaped(engine.device),
        engine.device_name.empty() ? "" : ", " + escaped(engine.device_name),
        engine.threads,
        engine.threads == 1 ? "thread" : "threads",
        escaped(engine.reason)
    );
    return section("Timing and engine", lead, stage_bars(timing) + device);
}

} // namespace stemlathe::html
