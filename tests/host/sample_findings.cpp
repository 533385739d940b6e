#include "tests/host/sample_parts.hpp"

#include <cmath>

namespace stemlathe::test::sample {

namespace {

double cam_of(double hz) {
    return 21.366 * std::log10(0.004368 * hz + 1.0);
}

std::vector<float> hill(double middle_hz, double wide_cam, double top_db, double ripple_db) {
    std::vector<float> levels;
    for (double const hz : bands_hz()) {
        double const away = (cam_of(hz) - cam_of(middle_hz)) / wide_cam;
        levels.push_back(
            static_cast<float>(top_db - 18.0 * away * away + ripple_db * std::sin(1.9 * cam_of(hz)))
        );
    }
    return levels;
}

MaskingPicture picture_of(MaskingFinding const& finding) {
    double const middle_hz = std::sqrt(finding.low_hz * finding.high_hz);
    MaskingPicture picture{
        .masked_db = hill(0.8 * middle_hz, 11.0, 61.0, 2.5),
        .masker_db = hill(1.1 * middle_hz, 8.0, 62.0 - finding.margin_db, 2.0),
        .threshold_db = {}};
    for (std::size_t i = 0; i < picture.masker_db.size(); ++i) {
        picture.threshold_db.push_back(std::max(picture.masker_db[i] - 1.5F, 4.0F));
    }
    return picture;
}

struct Case {
    std::size_t masked;
    std::size_t masker;
    double start_s;
    double end_s;
    double low_hz;
    double high_hz;
    double margin_db;
    double target_db;
    char const* severity;
    char const* message;
};

constexpr std::array<Case, 13> kCases{{
    {2,
     3,
     62.4,
     78.9,
     1800,
     3400,
     2.1,
     6,
     "critical",
     "Guitars & <Keys> likely cover vocals from 1:02 to 1:18 at 1.8 to 3.4 kHz: vocals are on "
     "average 2.1 dB above their masked threshold (target 6)."},
    {2,
     3,
     101.0,
     117.5,
     1900,
     3600,
     2.6,
     6,
     "critical",
     "Guitars & <Keys> likely cover vocals from 1:41 to 1:57 at 1.9 to 3.6 kHz: vocals are on "
     "average 2.6 dB above their masked threshold (target 6)."},
    {1,
     0,
     61.0,
     79.5,
     55,
     110,
     -1.4,
     4,
     "masked",
     "Drums likely cover bass from 1:01 to 1:19 at 55 to 110 Hz, in 34 short moments: bass is on "
     "average 1.4 dB below its masked threshold (target 4)."},
    {2,
     0,
     66.2,
     66.9,
     5200,
     9100,
     1.2,
     6,
     "critical",
     "Drums likely cover vocals at 1:06.2 at 5.2 to 9.1 kHz: vocals are on average 1.2 dB above "
     "their masked threshold (target 6)."},
    {3,
     2,
     142.0,
     158.0,
     700,
     1300,
     3.4,
     3,
     "strong",
     "Vocals possibly cover guitars from 2:22 to 2:38 at 0.7 to 1.3 kHz."},
    {2,
     4,
     121.0,
     138.0,
     4200,
     7800,
     4.4,
     6,
     "strong",
     "FX possibly cover vocals from 2:01 to 2:18 at 4.2 to 7.8 kHz."},
    {1,
     3,
     24.0,
     41.0,
     140,
     260,
     3.9,
     4,
     "strong",
     "Guitars & <Keys> possibly cover bass from 0:24 to 0:41 at 140 to 260 Hz."},
    {2,
     3,
     141.5,
     158.8,
     300,
     520,
     5.2,
     6,
     "strong",
     "Guitars & <Keys> possibly cover vocals from 2:21 to 2:39 at 300 to 520 Hz."},
    {4,
     0,
     171.0,
     178.0,
     6000,
     12000,
     7.0,
     0,
     "moderate",
     "Drums possibly cover FX from 2:51 to 2:58 at 6 to 12 kHz."},
    {0,
     3,
     62.0,
     79.0,
     180,
     320,
     6.2,
     4,
     "moderate",
     "Guitars & <Keys> possibly cover drums from 1:02 to 1:19 at 180 to 320 Hz."},
    {0,
     1,
     44.0,
     49.0,
     60,
     90,
     6.8,
     4,
     "moderate",
     "Bass possibly covers drums from 0:44 to 0:49 at 60 to 90 Hz."},
    {3,
     4,
     128.0,
     133.0,
     2400,
     4100,
     7.7,
     3,
     "moderate",
     "FX possibly cover guitars from 2:08 to 2:13 at 2.4 to 4.1 kHz."},
    {4,
     3,
     11.0,
     18.0,
     1500,
     2600,
     10.6,
     0,
     "mild",
     "Guitars & <Keys> possibly cover FX from 0:11 to 0:18 at 1.5 to 2.6 kHz."},
}};

MaskingFinding finding(Case const& one) {
    double const middle_hz = std::sqrt(one.low_hz * one.high_hz);
    std::string const masker = kPlayers.at(one.masker).file;
    MaskingFinding out{
        .masked = kPlayers.at(one.masked).file,
        .masker = masker,
        .start_s = one.start_s,
        .end_s = one.end_s,
        .low_hz = one.low_hz,
        .high_hz = one.high_hz,
        .margin_db = one.margin_db,
        .worst_margin_db = one.margin_db - 3.3,
        .target_db = one.target_db,
        .severity = one.severity,
        .masker_share = 0.86,
        .maskers = {{.stem = masker, .share = 0.86, .relief_db = 6.1}},
        .confidence = 0.9 - 0.06 * one.margin_db,
        .duty = 0.62,
        .message = one.message,
        .fix = MaskingFix{
            .stem = masker,
            .type = "bell",
            .hz = middle_hz,
            .gain_db = -3.5,
            .q = 1.3,
            .dynamic = true,
            .predicted_margin_db = one.margin_db + 3.5,
            .measured_margin_db = one.margin_db + 3.3,
            .applied = true}};
    out.picture = picture_of(out);
    return out;
}

} // namespace

std::vector<MaskingFinding> findings() {
    std::vector<MaskingFinding> out;
    for (auto const& one : kCases) {
        out.push_back(finding(one));
    }
    out[0].maskers.push_back({.stem = "05_FX.wav", .share = 0.09, .relief_db = 0.4});
    out[2].recurring = true; // kick against bass
    out[2].occurrences = 34;
    out[2].fix->type = "sidechain";
    out[4].fix->applied = false;
    out[4].fix->measured_margin_db = std::nullopt;
    out[4].fix->note = "Left out: it would have taken 0.7 dB from <vocals> in the same band.";
    out[5].fix = MaskingFix{
        .stem = "05_FX.wav",
        .type = "pan",
        .pan = 0.3,
        .predicted_margin_db = 6.4,
        .measured_margin_db = 6.1,
        .applied = true};
    out[8].fix = std::nullopt;
    return out;
}

std::vector<MaskingPair> pairs() {
    auto const pair = [](std::size_t masker, std::size_t masked, double shortfall_db, double time) {
        return MaskingPair{
            .masker = kPlayers.at(masker).file,
            .masked = kPlayers.at(masked).file,
            .shortfall_db = shortfall_db,
            .percent_of_time = time};
    };
    std::vector<MaskingPair> out{
        pair(3, 2, 3.2, 31.0),
        pair(0, 1, 2.7, 24.0),
        pair(0, 2, 1.4, 12.0),
        pair(2, 3, 1.1, 9.0),
        pair(3, 1, 0.9, 8.0),
        pair(4, 2, 0.6, 6.0),
        pair(3, 0, 0.4, 4.0),
        pair(3, 4, 0.0, 0.0)};
    out.back().layered = true;
    return out;
}

} // namespace stemlathe::test::sample
