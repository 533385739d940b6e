#include "tests/host/sample_masking.hpp"

#include "tests/host/sample_parts.hpp"
#include "tests/host/sample_report.hpp"

#include <utility>

namespace stemlathe::test {

MasteringReport sample_report_with_masking() {
    auto report = sample_report();
    report.info.title = "Low Road Home";
    report.info.artist = "The Stemlathe Demo Band";
    report.duration_s = sample::kSong_s;
    report.stem_count = static_cast<int>(sample::kPlayers.size());
    report.findings.front().stem = "05_FX.wav";
    report.findings.front().message = "05_FX.wav is 0.5 s shorter than the others";
    report.stems = sample::stems();
    report.deliveries = sample::deliveries(report);
    report.mix_short_term_lufs = sample::short_term_lufs(-18.0);
    MaskingReading masking{
        .profile = "music",
        .field = "diffuse",
        .bands_hz = sample::bands_hz(),
        .hop_s = 512.0 / 48'000.0,
        .score_before = 2.64,
        .score_after = 1.71,
        .pairs = sample::pairs(),
        .findings = sample::findings(),
        .column_s = sample::kSong_s / sample::kColumns,
        .notes = {"The mix is 0.1 LU quieter than before the fixes; no stem changed by more than "
                  "0.4 LU."}};
    for (auto const& player : sample::kPlayers) {
        masking.maps.push_back(sample::map_of(player, masking.findings));
    }
    report.masking = std::move(masking);
    report.comments = sample::comments();
    return report;
}

} // namespace stemlathe::test
