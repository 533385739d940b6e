#pragma once

#include "host/masking/event.hpp"
#include "host/masking/masking_reading.hpp"
#include "host/masking/pair_sums.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace stemlathe {

/// What words need beside the numbers.
struct FindingContext {
    PairSums const& sums;
    std::span<double const> bands_hz{};
    std::span<std::string const> files{}; ///< [stems]
    double hop_s = 0.0;
    double from_s = 0.0; ///< where in the song the analysis began
};

/// At most this many events become findings: the most important.
inline constexpr std::size_t kFindings_max = 100;

/// The events that a person should read of, in their order: those that cost their stem at least a
/// decibel over at least 100 ms, in bands that matter to it, that the masker's absence would raise
/// by a decibel or more, and that are not small beside the costliest.
[[nodiscard]] std::vector<MaskingEvent>
worth_telling(std::vector<MaskingEvent> events, double hop_s);

/// One event in words and numbers; without its fix.
[[nodiscard]] MaskingFinding finding_of(MaskingEvent const& event, FindingContext const& context);

/// Pairs with a shortfall, the worst first. @param layered  those that are layers of one thing
[[nodiscard]] std::vector<MaskingPair> masking_pairs(
    PairSums const& sums, std::span<std::string const> files, std::span<StemPair const> layered
);

/// "masked" below 0 dB, "critical" below 3, "strong" below 6, "moderate" below 10, else "mild".
[[nodiscard]] std::string severity_of(double margin_db);

/// A stem's name as people say it: "04_Lead_Guitar.wav" is "Lead Guitar".
[[nodiscard]] std::string spoken_name(std::string const& file);

/// "1:02.4"
[[nodiscard]] std::string spoken_time(double seconds);

/// "1.8 to 3.4 kHz", "60 to 120 Hz"
[[nodiscard]] std::string spoken_range(double low_hz, double high_hz);

} // namespace stemlathe
