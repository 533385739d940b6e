#include "host/intake/origin/band_edge.hpp"
#include "host/intake/origin/mean_spectrum.hpp"
#include "host/intake/origin/origin_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace stemlathe::intake {

namespace {

struct CodecRow {
    double below_hz;
    std::string_view words;
};

/// What ends there, as measured of ffmpeg 5.1's encoders (libmp3lame, aac, libvorbis, libopus) at
/// 44.1 kHz stereo. Other AAC encoders cut at other bit rates.
constexpr std::array<CodecRow, 8> kCodecs{{
    {13'000.0, "a lossy codec at 64 kbit/s or less, or a recording at 22 to 24 kHz,"},
    {15'200.0, "MP3 at 96 kbit/s or AAC at 64 to 80 kbit/s"},
    {16'400.0, "MP3 at 128 kbit/s, AAC at 96 kbit/s or a recording at 32 kHz"},
    {17'300.0, "MP3 at 160 kbit/s, AAC at 128 kbit/s or Vorbis at 96 kbit/s"},
    {18'300.0, "Vorbis or AAC at 128 kbit/s"},
    {18'900.0, "MP3 at 192 kbit/s"},
    {19'800.0, "MP3 at 256 kbit/s, AAC at 128 to 192 kbit/s or Vorbis at 192 kbit/s"},
    {30'000.0, "MP3 at 320 kbit/s or Opus"},
}};

std::string_view codec_ending_at(double hz) {
    auto const row =
        std::ranges::find_if(kCodecs, [&](CodecRow const& each) { return hz < each.below_hz; });
    return row != kCodecs.end() ? row->words : kCodecs.back().words;
}

Finding upsampled(std::string const& file, int rate_hz, BandEdge const& edge) {
    return {
        .code = "upsampled",
        .severity = Severity::warn,
        .stem = file,
        .measured = edge.drop_db,
        .limit = kUpsamplingDrop_db,
        .unit = "dB",
        .message = fmt::format(
            "{} is at {:g} kHz, but its sound ends at {:g} kHz and drops by {:.0f} dB there: it "
            "was very likely made at {:g} kHz and converted. Send it at the rate it was made at",
            file,
            rate_hz / 1'000.0,
            edge.hz / 1'000.0,
            edge.drop_db,
            2.0 * edge.hz / 1'000.0
        )};
}

Finding lossy(std::string const& file, BandEdge const& edge) {
    return {
        .code = "lossy_source",
        .severity = Severity::warn,
        .stem = file,
        .measured = edge.drop_db,
        .limit = kCodecDrop_db,
        .unit = "dB",
        .message = fmt::format(
            "{} breaks off at {:.1f} kHz and is {:.0f} dB lower above, as {} would leave it. That "
            "is a likelihood, no proof; if there is a source that was never compressed, export "
            "from it",
            file,
            edge.hz / 1'000.0,
            edge.drop_db,
            codec_ending_at(edge.hz)
        )};
}

class SpectralOrigin final : public StemCheck {
  public:
    explicit SpectralOrigin(Stem const& stem)
        : stem_(stem), spectrum_(stem.media.rate_hz, stem.media.frames) {}

    void process(StemFrames const& frames) override {
        spectrum_.process(frames);
    }

    void finish(std::vector<Finding>& findings) override {
        auto const mean = spectrum_.mean();
        if (mean.windows == 0) {
            return;
        }
        // Where a codec has cut the sound off, there is nothing left to tell a change of rate by.
        if (auto const cut = codec_edge(mean)) {
            findings.push_back(lossy(stem_.file, *cut));
        } else if (auto const edge = upsampling_edge(mean)) {
            findings.push_back(upsampled(stem_.file, stem_.media.rate_hz, *edge));
        }
    }

  private:
    Stem const& stem_;
    SpectrumAverager spectrum_;
};

} // namespace

std::unique_ptr<StemCheck> make_spectral_origin_check(Stem const& stem) {
    return std::make_unique<SpectralOrigin>(stem);
}

} // namespace stemlathe::intake
