#pragma once

#include "tests/reference/masking_reference.hpp"
#include "tests/reference/partial_loudness_reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

/// The listener of the published figures: sounds of one steady spectrum, in the free field from
/// the front, the same at both ears, loudness after ANSI S3.4-2007.
/// Where the rows of issue 3's figures are asserted on exact spectra: 1 to 14 and 17 in
/// loudness_oracle_test.cpp, 15 and 16 in varying_loudness_oracle_test.cpp, 18, 20 to 24, 26, 27,
/// 29 and 30 in masked_threshold_oracle_test.cpp, 19, 25, 28, 31 to 33 and 35 to 37 in
/// margin_oracle_test.cpp. Row 34 is about time: margins_tool_test.cpp alone.
namespace stemlathe::test {

/// Excitation of each sound behind filters shaped by all of them, [sound][filter].
inline std::vector<reference::Excitation> heard(
    std::vector<reference::LineSpectrum> sounds, reference::Field field = reference::Field::free
) {
    for (auto& sound : sounds) {
        sound = reference::at_cochlea(sound, field);
    }
    return reference::excitations(sounds, reference::filter_centres_hz());
}

/// Loudness of a sound to one ear alone, sones: half of what both make of it.
inline double monaural_sones(reference::LineSpectrum const& sound) {
    return reference::sum_over_cam(
        reference::quiet_specific_loudness(heard({sound})[0], {}, reference::kAnsiScale)
    );
}

inline double sones(reference::LineSpectrum const& sound) {
    return 2.0 * monaural_sones(sound);
}

/// Loudness of a sound beside a masker, sones.
inline double
partial_sones(reference::LineSpectrum const& sound, reference::LineSpectrum const& masker) {
    auto const both = heard({sound, masker});
    return 2.0 * reference::sum_over_cam(
                     reference::specific_loudness(both[0], both[1], {}, reference::kAnsiScale)
                 );
}

/// Margin of a sound over a masker where it is largest, dB.
inline double
peak_margin_db(reference::LineSpectrum const& sound, reference::LineSpectrum const& masker) {
    auto const both = heard({sound, masker});
    return std::ranges::max(reference::margins_db(both[0], both[1], {}));
}

/// Level at which a tone beside a masker is as loud as one at absolute threshold, 0.003 sone, dB.
/// Source: Moore, Glasberg & Baer, JAES 45(4), 1997, section on thresholds.
inline double masked_threshold_db(double tone_hz, reference::LineSpectrum const& masker) {
    constexpr double kThreshold_sones = 0.003;
    constexpr double kFine_db = 0.05;
    double low_db = -10.0;
    double high_db = 90.0;
    while (high_db - low_db > kFine_db) {
        double const middle_db = 0.5 * (low_db + high_db);
        auto const tone = reference::tone(tone_hz, middle_db);
        bool const is_masked = partial_sones(tone, masker) < kThreshold_sones;
        low_db = is_masked ? middle_db : low_db;
        high_db = is_masked ? high_db : middle_db;
    }
    return 0.5 * (low_db + high_db);
}

/// The filter centred nearest to a frequency.
inline std::size_t filter_at(double hz) {
    auto const centres = reference::filter_centres_hz();
    return static_cast<std::size_t>(
        std::ranges::min_element(centres, {}, [hz](double each) { return std::abs(each - hz); }) -
        centres.begin()
    );
}

} // namespace stemlathe::test
