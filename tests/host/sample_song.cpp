#include "host/demo/noise.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/sample_parts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stemlathe::test::sample {

namespace {

constexpr std::size_t kPeaks = 1'800; ///< of 100 ms

double hz_of(double cam) { // Glasberg & Moore 1990
    return (std::pow(10.0, cam / 21.366) - 1.0) / 0.004368;
}

double part_of(Player const& player, double seconds) {
    auto const section = static_cast<std::size_t>(seconds / 20.0);
    return player.sections.at(std::min<std::size_t>(section, 8));
}

/// Beats with a decay, for an envelope that looks like music.
double envelope(Player const& player, double seconds, double jitter) {
    double const beat = std::fmod(seconds * (player.role == Role::drums ? 4.0 : 1.0), 1.0);
    double const decay = player.role == Role::fx ? 0.5 : 2.5;
    return part_of(player, seconds) * (0.35 + 0.65 * std::exp(-decay * beat)) *
           (0.6 + 0.4 * jitter);
}

StemReading stem(Player const& player) {
    demo::Noise noise{7};
    StemReading reading{
        .file = player.file,
        .role = player.role,
        .integrated_lufs = player.level_lufs,
        .true_peak_dbtp = -3.5,
        .crest_db = 14.0,
        .correlation = 0.75};
    reading.peak.reserve(kPeaks);
    reading.level_lufs.reserve(kPeaks);
    for (std::size_t i = 0; i < kPeaks; ++i) {
        double const seconds = 0.1 * static_cast<double>(i);
        auto const peak = 0.6 * envelope(player, seconds, noise.next());
        reading.peak.push_back(static_cast<float>(peak));
        reading.level_lufs.push_back(static_cast<float>(
            peak > 0.0 ? player.level_lufs + 20.0 * std::log10(peak / 0.4) : kSilence_db
        ));
    }
    return reading;
}

} // namespace

std::vector<double> bands_hz() {
    std::vector<double> out(75);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = hz_of(1.8 + 0.5 * static_cast<double>(i));
    }
    return out;
}

std::vector<StemReading> stems() {
    std::vector<StemReading> out;
    std::ranges::transform(kPlayers, std::back_inserter(out), stem);
    return out;
}

MaskingMap map_of(Player const& player, std::vector<MaskingFinding> const& findings) {
    demo::Noise noise{static_cast<std::uint64_t>(player.level_lufs * -10.0)};
    auto const bands = bands_hz();
    MaskingMap map{.stem = player.file, .margin_db = {}};
    std::vector<double> drift(bands.size(), 0.0);
    for (std::size_t column = 0; column < kColumns; ++column) {
        double const seconds = (static_cast<double>(column) + 0.5) * kSong_s / kColumns;
        double const part = part_of(player, seconds);
        for (std::size_t band = 0; band < bands.size(); ++band) {
            double const cam = 1.8 + 0.5 * static_cast<double>(band);
            drift[band] = 0.9 * drift[band] + 1.1 * noise.next();
            double const middle = 0.5 * (player.low_cam + player.high_cam);
            double const reach = std::abs(cam - middle) / (player.high_cam - middle);
            bool in_finding = false;
            double margin =
                17.0 - 8.0 * std::min(reach, 1.0) + 2.5 * std::sin(0.9 * cam) + 2.0 * drift[band];
            for (auto const& finding : findings) {
                bool const is_there = finding.masked == player.file && seconds >= finding.start_s &&
                                      seconds <= finding.end_s && bands[band] >= finding.low_hz &&
                                      bands[band] <= finding.high_hz;
                margin = is_there ? finding.margin_db + 0.7 * drift[band] : margin;
                in_finding = in_finding || is_there;
            }
            bool const plays = in_finding || (reach + 0.03 * drift[band] < 1.0 &&
                                              part + 0.02 * noise.next() > 0.25);
            map.margin_db.push_back(
                plays ? static_cast<float>(margin) : std::numeric_limits<float>::quiet_NaN()
            );
        }
    }
    return map;
}

std::vector<float> short_term_lufs(double integrated_lufs) {
    std::vector<float> levels;
    for (std::size_t i = 0; i < kPeaks; ++i) {
        double const seconds = 0.1 * static_cast<double>(i);
        double const part = part_of(kPlayers[0], seconds);
        levels.push_back(
            static_cast<float>(integrated_lufs + 5.0 * (part - 0.8) + std::sin(0.4 * seconds))
        );
    }
    return levels;
}

/// The two of the plain sample and three that are like its first, over the whole song.
std::vector<DeliveryReport> deliveries(MasteringReport const& plain) {
    auto out = plain.deliveries;
    for (auto const* name : {"vinyl", "broadcast", "broadcast-ebu"}) {
        out.push_back(plain.deliveries.front());
        out.back().plan.name = name;
        out.back().reading.integrated_lufs = -18.0 - static_cast<double>(out.size());
        out.back().target_lufs = out.back().reading.integrated_lufs;
    }
    for (auto& delivery : out) {
        delivery.reading.duration_s = kSong_s;
        delivery.reading.short_term_lufs =
            short_term_lufs(delivery.reading.integrated_lufs.value_or(-18.0));
        delivery.gain_reduction_db.clear();
        for (std::size_t i = 0; i < 3 * 5'625; ++i) {
            double const beat = std::fmod(static_cast<double>(i) * 512.0 / 48'000.0, 0.5);
            double const part = part_of(kPlayers[0], static_cast<double>(i) * 512.0 / 48'000.0);
            delivery.gain_reduction_db.push_back(
                static_cast<float>(4.0 * part * std::exp(-6.0 * beat))
            );
        }
    }
    return out;
}

} // namespace stemlathe::test::sample
