#include "host/masking/verification.hpp"

#include "host/masking/findings.hpp"
#include "kernels/base/erb.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stemlathe {

namespace {

/// Powers this far under the loudest band are not heard beside it.
constexpr double kAudibleRange_db = 60.0;

struct SpectrumChange {
    double rms_db = 0.0;
    double max_db = 0.0;
    double centroid_share = 0.0;
};

SpectrumChange change_of(
    std::vector<double> const& before,
    std::vector<double> const& after,
    double makeup_db,
    std::span<double const> bands_hz
) {
    auto const centroid = [&](std::vector<double> const& powers) {
        double sum = 0.0;
        double weighted = 0.0;
        for (std::size_t b = 0; b < powers.size(); ++b) {
            sum += powers[b];
            weighted += powers[b] * cam_of_hz(bands_hz[b]);
        }
        return sum > 0.0 ? weighted / sum : 0.0;
    };
    double const loudest_db = db_from_power(*std::ranges::max_element(before));
    SpectrumChange change;
    double squares = 0.0;
    double count = 0.0;
    for (std::size_t b = 0; b < before.size(); ++b) {
        double const level_db = db_from_power(before[b]);
        if (level_db > loudest_db - kAudibleRange_db) {
            double const difference_db = db_from_power(after[b]) + makeup_db - level_db;
            squares += difference_db * difference_db;
            count += 1.0;
            change.max_db = std::max(change.max_db, std::abs(difference_db));
        }
    }
    change.rms_db = count > 0.0 ? std::sqrt(squares / count) : 0.0;
    double const was_cam = centroid(before);
    change.centroid_share = was_cam > 0.0 ? std::abs(centroid(after) / was_cam - 1.0) : 0.0;
    return change;
}

bool yields(PairSums const& sums, StemPair pair) {
    auto const& goals = sums.goals();
    auto const& masked = goals[pair.masked];
    auto const& masker = goals[pair.masker];
    return masked.high.priority < masker.high.priority || masked.low.priority < masker.low.priority;
}

class Inspection {
  public:
    void limit(double change, double most, std::string const& what, std::string const& unit) {
        if (std::abs(change) > most) {
            found_.push_back(fmt::format(
                "{} would change by {:.2f} {}; {:.2f} is the most", what, change, unit, most
            ));
        }
    }

    [[nodiscard]] std::vector<std::string> found() && {
        return std::move(found_);
    }

  private:
    std::vector<std::string> found_;
};

} // namespace

std::vector<std::string> violations(
    Balance const& before,
    Balance const& after,
    double makeup_db,
    PairSums const& sums_before,
    PairSums const& sums_after,
    std::span<double const> bands_hz,
    std::span<std::string const> files,
    PreservationLimits const& limits
) {
    Inspection inspection;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (before.stem_lufs[i] && after.stem_lufs[i]) {
            double const louder_lu = *after.stem_lufs[i] - *before.stem_lufs[i];
            inspection.limit(
                louder_lu,
                louder_lu > 0.0 ? limits.stem_louder_lu : limits.stem_softer_lu,
                "the loudness of " + spoken_name(files[i]),
                "LU"
            );
        }
        for (std::size_t j = 0; j < files.size(); ++j) {
            StemPair const pair{.masked = i, .masker = j};
            double const worse_db = sums_after.shortfall_db(pair) - sums_before.shortfall_db(pair);
            inspection.limit(
                std::max(worse_db, 0.0),
                yields(sums_before, pair) ? limits.yielding_pair_db : limits.pair_db,
                fmt::format("what {} takes from {}", spoken_name(files[j]), spoken_name(files[i])),
                "dB"
            );
        }
    }
    if (before.integrated_lufs && after.integrated_lufs) {
        inspection.limit(
            *after.integrated_lufs + makeup_db - *before.integrated_lufs,
            limits.mix_lu,
            "the loudness of the mix",
            "LU"
        );
    }
    auto const spectrum = change_of(before.spectrum, after.spectrum, makeup_db, bands_hz);
    inspection.limit(
        spectrum.rms_db, limits.spectrum_rms_db, "the long-term spectrum of the mix", "dB RMS"
    );
    inspection.limit(
        spectrum.max_db, limits.spectrum_max_db, "a band of the mix's long-term spectrum", "dB"
    );
    inspection.limit(
        100.0 * spectrum.centroid_share,
        100.0 * limits.centroid_share,
        "the mix's centre of gravity",
        "%"
    );
    inspection.limit(
        after.peak_to_loudness_db - before.peak_to_loudness_db,
        limits.peak_to_loudness_db,
        "the mix's peak-to-loudness ratio",
        "dB"
    );
    inspection.limit(
        after.correlation - before.correlation, limits.correlation, "the mix's correlation", ""
    );
    return std::move(inspection).found();
}

} // namespace stemlathe
