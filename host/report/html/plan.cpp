#include "host/plan/plan_toml.hpp"
#include "host/report/html/sections.hpp"
#include "host/report/html/table.hpp"
#include "host/report/html/text.hpp"

#include <fmt/format.h>

namespace stemlathe::html {

namespace {

std::string equaliser_words(Choice<std::vector<PlanBand>> const& eq) {
    if (!eq.is_set() || eq.value().empty()) {
        return "–";
    }
    std::string out;
    for (auto const& planned : eq.value()) {
        auto const& band = planned.band;
        out += out.empty() ? "" : "<br>";
        out += std::string{name_of(band.type)};
        if (band.type != EqualiserType::curve) {
            out += " " + frequency(band.hz);
        }
        if (band.gain_db != 0.0) {
            out += " " + figure(band.gain_db) + " dB";
        }
        out += planned.dynamic ? " (dynamic)" : "";
    }
    return out;
}

std::string compressor_words(CompressorPlan const& plan) {
    return fmt::format(
        "{} dB, {:g}:1, {:g}/{:g} ms",
        figure(plan.threshold_db),
        plan.ratio,
        plan.attack_ms,
        plan.release_ms
    );
}

std::string stem_table(MasteringPlan const& plan) {
    Table table{
        {{"Stem", false},
         {"Gain, dB", true},
         {"Pan", true},
         {"Width", true},
         {"Equaliser", false},
         {"Dynamics", false},
         {"Regions", true}}};
    for (auto const& stem : plan.stem) {
        table.row(
            {escaped(stem.match) + (stem.mute ? " (muted)" : ""),
             figure(stem.gain_db),
             figure(stem.pan, 2),
             figure(stem.width, 2),
             equaliser_words(stem.eq),
             stem.dynamics.is_set() ? compressor_words(stem.dynamics.value()) : "–",
             std::to_string(stem.region.size())}
        );
    }
    return plan.stem.empty() ? "" : "<h3>Stems</h3>" + table.text();
}

std::string bus_table(BusPlan const& bus) {
    std::string content;
    if (bus.eq.is_set() && !bus.eq.value().empty()) {
        content += "<h3>Bus equaliser</h3><p>" + equaliser_words(bus.eq) + "</p>";
    }
    if (!bus.multiband.is_set()) {
        return content;
    }
    auto const& multiband = bus.multiband.value();
    Table table{
        {{"Band", false},
         {"Threshold, dBFS", true},
         {"Ratio", true},
         {"Knee, dB", true},
         {"Attack, ms", true},
         {"Release, ms", true},
         {"Make-up, dB", true}}};
    for (std::size_t i = 0; i < multiband.band.size(); ++i) {
        auto const& band = multiband.band[i];
        auto const& edges = multiband.crossovers_hz;
        auto const name = i == 0 ? (edges.empty() ? "all" : "below " + frequency(edges[0]))
                          : i < edges.size()
                              ? frequency(edges[i - 1]) + " to " + frequency(edges[i])
                              : "above " + frequency(edges.back());
        table.row(
            {name,
             figure(band.threshold_db),
             fmt::format("{:.2f}:1", band.ratio),
             figure(band.knee_db),
             fmt::format("{:g}", band.attack_ms),
             fmt::format("{:g}", band.release_ms),
             figure(band.makeup_db)}
        );
    }
    return content + "<h3>Bus multiband</h3>" + table.text();
}

} // namespace

std::string plan_section(MasteringReport const& report) {
    auto const content = stem_table(report.plan) + bus_table(report.plan.bus);
    return content.empty()
               ? content
               : section(
                     "Plan",
                     "Every choice as a number. plan.toml beside this page holds all of it: fed "
                     "back, it gives the same bytes; edited, it is solved anew.",
                     content
                 );
}

} // namespace stemlathe::html
