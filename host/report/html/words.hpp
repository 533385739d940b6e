#pragma once

#include "host/model/plan.hpp"
#include "host/report/html/stem_names.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace stemlathe::html {

/// "+1.5", "−3.0".
[[nodiscard]] std::string signed_figure(double value, int decimals = 1);

/// "no", "one" .. "twelve", "13".
[[nodiscard]] std::string in_words(std::size_t count);

/// "one comment", "three comments"; the plural takes an s.
[[nodiscard]] std::string counted(std::size_t count, std::string_view thing);

/// The text with a capital first letter; ASCII only.
[[nodiscard]] std::string capital(std::string text);

/// A note as a sentence: with a capital and a full stop; escaped, and nothing for nothing.
[[nodiscard]] std::string sentence(std::string const& text);

/// "1:02 – 1:18"; with tenths where it is about less than ten seconds, one time where about none.
[[nodiscard]] std::string time_range(double start_s, double end_s);

/// "1.8–3.4 kHz", "400 Hz – 1.2 kHz".
[[nodiscard]] std::string frequency_range(double low_hz, double high_hz);

/// "2.5 kHz", "160 Hz": as near as words want it.
[[nodiscard]] std::string about_frequency(double hz);

/// "Instruments −3.5 dB at 2.5 kHz (bell, Q 1.3), keyed by Vocals"; HTML.
/// @param key  the stem that opens it where it is dynamic: the finding's masked one
[[nodiscard]] std::string
fix_words(MaskingFix const& fix, std::string const& key, StemNames const& names);

/// "Vocals −2.5 dB at 5–9 kHz, 0:46.8 – 0:48.1"; HTML.
[[nodiscard]] std::string
region_words(std::string const& stem, RegionPlan const& region, StemNames const& names);

} // namespace stemlathe::html
