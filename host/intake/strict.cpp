#include "host/intake/strict.hpp"

#include <algorithm>
#include <array>

namespace stemlathe {

namespace {

constexpr std::array<std::string_view, 25> kQualityCodes{
    "bus_limited",
    "channel_polarity",
    "click",
    "clipped_below_full_scale",
    "clipped_samples",
    "correlation",
    "cut_tail",
    "dc_offset",
    "dead_channel",
    "dropout",
    "hum",
    "lossy_source",
    "low_bit_depth",
    "low_level",
    "noise_floor",
    "noise_only",
    "over_full_scale",
    "padded_bit_depth",
    "polarity_inverted",
    "repeated_buffer",
    "sample_rate_wrong",
    "silent",
    "true_peak_over",
    "upsampled",
    "wrong_content"};

static_assert(std::ranges::is_sorted(kQualityCodes));

} // namespace

bool is_about_quality(std::string_view code) noexcept {
    return std::ranges::binary_search(kQualityCodes, code);
}

void refuse_poor_sources(std::vector<Finding>& findings) {
    for (auto& finding : findings) {
        if (finding.severity == Severity::warn && is_about_quality(finding.code)) {
            finding.severity = Severity::refuse;
        }
    }
}

} // namespace stemlathe
