#include "host/masking/findings.hpp"

#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace stemlathe {

namespace {

constexpr double kLeastShortfall_db = 1.0;
constexpr double kLeastLasting_s = 0.1;
constexpr double kLeastRelief_db = 1.0;
constexpr double kLeastImportance = 0.05; // of the stem, mean over the event
constexpr double kLeastCost = 0.02;       // of the costliest

double share_of(MaskingEvent const& event, std::size_t stem) {
    return event.weight > 0.0 ? event.share[stem] / event.weight : 0.0;
}

/// How far the margin would rise without a masker: T falls by its share of it.
double relief_db(double share) {
    constexpr double kMost_db = 40.0; // what the threshold in quiet leaves is not worth more digits
    return share < 1.0 ? std::min(-db_from_power(1.0 - share), kMost_db) : kMost_db;
}

bool is_worth_telling(MaskingEvent const& event, double hop_s) {
    return event.mass >= kLeastShortfall_db * event.weight &&
           static_cast<double>(event.hops) * hop_s >= kLeastLasting_s &&
           event.weight >= kLeastImportance * static_cast<double>(event.hops) &&
           relief_db(share_of(event, event.pair.masker)) >= kLeastRelief_db;
}

std::vector<MaskerShare> maskers_of(MaskingEvent const& event, std::span<std::string const> files) {
    std::vector<MaskerShare> maskers;
    for (std::size_t j = 0; j < files.size(); ++j) {
        double const share = share_of(event, j);
        bool const matters =
            share >= static_cast<double>(kBlame) && relief_db(share) >= kLeastRelief_db;
        if (matters || j == event.pair.masker) {
            maskers.push_back({.stem = files[j], .share = share, .relief_db = relief_db(share)});
        }
    }
    std::ranges::stable_sort(maskers, std::greater{}, &MaskerShare::share);
    return maskers;
}

/// How sure we are that a listener would agree: less where the threshold in quiet is part of the
/// matter, where it is short or narrow, where several are to blame.
double confidence_of(MaskingEvent const& event, BandRange bands, double hop_s) {
    constexpr double kShort_s = 0.3;
    double all = 0.0;
    for (std::size_t j = 0; j < event.share.size(); ++j) {
        all += share_of(event, j);
    }
    double confidence = 0.95 - 0.5 * std::clamp(1.0 - all, 0.0, 1.0);
    confidence -= static_cast<double>(event.hops) * hop_s < kShort_s ? 0.2 : 0.0;
    confidence -= bands.high - bands.low < 2 ? 0.1 : 0.0;
    confidence -= share_of(event, event.pair.masker) < 0.5 ? 0.1 : 0.0;
    return std::max(confidence, 0.05);
}

MaskingPicture picture_of(MaskingEvent const& event) {
    MaskingPicture picture;
    auto const hops = static_cast<float>(std::max<std::int64_t>(event.hops, 1));
    auto const level = [&](float power) {
        return static_cast<float>(db_from_power(static_cast<double>(power / hops)));
    };
    for (auto const& band : event.bands) {
        picture.masked_db.push_back(level(band.masked));
        picture.masker_db.push_back(level(band.masker));
        picture.threshold_db.push_back(level(band.threshold));
    }
    return picture;
}

/// A stem without a margin to reach lies in the background.
std::string target_of(MaskingFinding const& finding) {
    constexpr double kNone_db = 0.5;
    if (finding.target_db < kNone_db) {
        return "in the background it only has to reach it, so that it is just heard";
    }
    return fmt::format("the target is {:.0f} dB above", finding.target_db);
}

std::string sentence_of(MaskingFinding const& finding) {
    auto const masked = spoken_name(finding.masked);
    auto const duty = finding.duty < 0.9
                          ? fmt::format(" ({:.0f} % of that time)", 100.0 * finding.duty)
                          : std::string{};
    auto const often =
        finding.recurring ? fmt::format(", {} times", finding.occurrences) : std::string{};
    auto const position = finding.margin_db < 0.0
                              ? fmt::format("{:.1f} dB below", -finding.margin_db)
                              : fmt::format("only {:.1f} dB above", finding.margin_db);
    return fmt::format(
        "{} likely covers {} from {} to {}{}{} at {}: there {} is on average {} its masked "
        "threshold; {}.",
        spoken_name(finding.masker),
        masked,
        spoken_time(finding.start_s),
        spoken_time(finding.end_s),
        often,
        duty,
        spoken_range(finding.low_hz, finding.high_hz),
        masked,
        position,
        target_of(finding)
    );
}

/// A band's edge: half a step of the scale from its centre, a quarter of a Cam.
double edge_hz(std::span<double const> bands_hz, std::size_t band, int side) {
    auto const last = bands_hz.size() - 1;
    if ((band == 0 && side < 0) || (band == last && side > 0)) {
        auto const inner = band == 0 ? std::size_t{1} : last - 1;
        return bands_hz[band] * std::sqrt(bands_hz[band] / bands_hz[inner]);
    }
    auto const other = side < 0 ? band - 1 : band + 1;
    return std::sqrt(bands_hz[band] * bands_hz[other]);
}

} // namespace

std::string severity_of(double margin_db) {
    if (margin_db < 0.0) {
        return "masked";
    }
    if (margin_db < 3.0) {
        return "critical";
    }
    if (margin_db < 6.0) {
        return "strong";
    }
    return margin_db < 10.0 ? "moderate" : "mild";
}

std::vector<MaskingEvent> worth_telling(std::vector<MaskingEvent> events, double hop_s) {
    std::erase_if(events, [&](MaskingEvent const& event) {
        return !is_worth_telling(event, hop_s);
    });
    double costliest = 0.0;
    for (auto const& event : events) {
        costliest = std::max(costliest, event.cost);
    }
    std::erase_if(events, [&](MaskingEvent const& event) {
        return event.cost < kLeastCost * costliest;
    });
    events.resize(std::min(events.size(), kFindings_max));
    return events;
}

MaskingFinding finding_of(MaskingEvent const& event, FindingContext const& context) {
    auto const bands = main_bands(event);
    MaskingFinding finding{
        .masked = context.files[event.pair.masked],
        .masker = context.files[event.pair.masker],
        .low_hz = edge_hz(context.bands_hz, bands.low, -1),
        .high_hz = edge_hz(context.bands_hz, bands.high, +1),
        .margin_db = mean_margin_db(event, bands),
        .worst_margin_db = static_cast<double>(event.worst_margin_db)};
    // A hop stands for half a hop on either side of its frame.
    auto const half_hop_s = 0.5 * context.hop_s;
    finding.start_s = std::max(
        context.from_s + static_cast<double>(event.first()) * context.hop_s - half_hop_s, 0.0
    );
    finding.end_s = context.from_s + static_cast<double>(event.last()) * context.hop_s + half_hop_s;
    finding.target_db =
        context.sums.goal(event.pair.masked, (bands.low + bands.high) / 2).margin_db;
    finding.severity = severity_of(finding.margin_db);
    finding.masker_share = share_of(event, event.pair.masker);
    finding.maskers = maskers_of(event, context.files);
    finding.confidence = confidence_of(event, bands, context.hop_s);
    finding.recurring = is_recurring(event);
    finding.occurrences = event.occurrences;
    auto const span = HopRange{.first = event.first(), .last = event.last()}.count();
    finding.duty = static_cast<double>(event.lasting_hops()) / static_cast<double>(span);
    finding.picture = picture_of(event);
    finding.message = sentence_of(finding);
    return finding;
}

std::vector<MaskingPair> masking_pairs(
    PairSums const& sums, std::span<std::string const> files, std::span<StemPair const> layered
) {
    constexpr double kLeast_db = 0.005; // what a reader would see as 0.00
    std::vector<MaskingPair> pairs;
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (std::size_t j = 0; j < files.size(); ++j) {
            StemPair const pair{.masked = i, .masker = j};
            double const shortfall_db = sums.shortfall_db(pair);
            if (shortfall_db >= kLeast_db) {
                pairs.push_back(
                    {.masker = files[j],
                     .masked = files[i],
                     .shortfall_db = shortfall_db,
                     .percent_of_time = sums.percent_of_time(pair),
                     .layered = includes(layered, pair)}
                );
            }
        }
    }
    std::ranges::stable_sort(pairs, std::greater{}, &MaskingPair::shortfall_db);
    return pairs;
}

} // namespace stemlathe
