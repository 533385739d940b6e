#include "host/codecs/codec_check.hpp"

#include "formats/writer.hpp"
#include "host/codecs/stretches.hpp"
#include "host/loudness/decode.hpp"
#include "host/loudness/peak_meter.hpp"
#include "kernels/base/assert.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <string_view>
#include <system_error>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::int64_t kCodecPieceFrames = 16'384;

/// Stretches are joined where they are silent, so that no joint clicks.
constexpr double kFade_s = 0.01;
/// What counts begins and ends as softly, so that no edge rings in the meter.
constexpr double kHearing_s = 0.005;

/// What decoders make of silence lies under this.
constexpr double kDecodedSilence = 1e-5;

/// Opus takes one rate, MP3 none higher than this.
constexpr int kCodecRateMost_hz = 48'000;

/// A codec as lossy services use it, the lower of their usual rates: that overshoots most.
struct LossyCodec {
    std::string_view name{};
    Container container = Container::mp3;
    OggCodec ogg_codec = OggCodec::vorbis;
    int mp3_kbit_s = 128;
    double vorbis_quality = 0.5;
    /// libsndfile's 0 to 1 are 256 to 6 kbit/s per channel.
    double opus_compression = 1.0 - (128.0 / 2.0 - 6.0) / 250.0;
};

constexpr std::array<LossyCodec, 3> kLossyCodecs{{
    {.name = "MP3 128 kbit/s", .container = Container::mp3},
    {.name = "Vorbis q5", .container = Container::ogg, .ogg_codec = OggCodec::vorbis},
    {.name = "Opus 128 kbit/s", .container = Container::ogg, .ogg_codec = OggCodec::opus},
}};

int rate_for(LossyCodec const& codec, int rate_hz) {
    if (codec.container == Container::ogg && codec.ogg_codec == OggCodec::opus) {
        return kCodecRateMost_hz;
    }
    while (rate_hz > kCodecRateMost_hz) {
        rate_hz /= 2;
    }
    return rate_hz;
}

/// The stretches one after the other, stereo.
struct Programme {
    std::vector<float> samples{};
    int rate_hz = 0;

    [[nodiscard]] std::int64_t frames() const noexcept {
        return std::ssize(samples) / kChannels;
    }
};

/// Raised cosine: 0 at 0, 1 from `length` on.
double rise(double frame, double length) {
    return frame >= length ? 1.0
                           : 0.5 - 0.5 * std::cos(std::numbers::pi * std::max(frame, 0.0) / length);
}

/// 1 inside [from, to), fading in and out over `fade` inside of it; no fade where it ends with the
/// file, [0, frames).
double window_at(double frame, double from, double to, double fade, double frames) {
    double const in = from <= 0.0 ? 1.0 : rise(frame - from, fade);
    double const out = to >= frames ? 1.0 : rise(to - frame, fade);
    return frame < from || frame > to ? 0.0 : in * out;
}

Programme read_programme(
    std::filesystem::path const& file, CodecStretches const& chosen, std::stop_token const& stop
) {
    Decoder decoder{file};
    auto const& info = decoder.info();
    STEMLATHE_ASSERT(info.channels == kChannels);
    Programme programme{.rate_hz = info.rate_hz};
    programme.samples.reserve(static_cast<std::size_t>(chosen.frames * kChannels));
    for (auto const& stretch : chosen.stretches) {
        decoder.seek(stretch.from);
        for (auto at = stretch.from; at < stretch.to;) {
            if (stop.stop_requested()) {
                throw Failure{Code::cancelled, "stopped while reading " + file.string()};
            }
            auto const values = decoder.next(std::min(kCodecPieceFrames, stretch.to - at));
            for (std::size_t i = 0; i < values.size(); ++i) {
                double const gain = window_at(
                    static_cast<double>(at) + static_cast<double>(i / kChannels),
                    static_cast<double>(stretch.from),
                    static_cast<double>(stretch.to),
                    kFade_s * info.rate_hz,
                    static_cast<double>(info.frames)
                );
                programme.samples.push_back(static_cast<float>(gain * values[i]));
            }
            at += static_cast<std::int64_t>(values.size()) / kChannels;
        }
    }
    return programme;
}

Programme at_rate(Programme const& from, int rate_hz, Backend& backend) {
    ResampleSettings const rates{.from_hz = from.rate_hz, .to_hz = rate_hz};
    auto const resampler = backend.make_resampler(rates);
    auto const frames = static_cast<std::size_t>(resampled_frames(from.frames(), rates));
    Programme out{.samples = std::vector<float>(frames * kChannels), .rate_hz = rate_hz};
    std::size_t filled = 0;
    auto const take = [&](AudioView view) {
        auto const values = view.values().size();
        backend.download(view, std::span{out.samples}.subspan(filled, values));
        filled += values;
    };
    auto buffer = backend.make_buffer(from.frames());
    take(resampler->process(backend.upload(from.samples, 0, buffer)));
    take(resampler->finish());
    return out;
}

/// Where a frame of a programme lies in the song, and whether it counts.
class Hearing {
  public:
    /// @param ratio  frames of the programme per frame of the file, which has `frames`
    Hearing(CodecStretches const& chosen, double ratio, std::int64_t frames)
        : chosen_(chosen), ratio_(ratio), frames_(static_cast<double>(frames)) {}

    /// In frames of the file. Frames are asked for in order.
    [[nodiscard]] double place(double frame) {
        auto const& stretches = chosen_.stretches;
        auto const length = [&] {
            return static_cast<double>(stretches[at_].to - stretches[at_].from);
        };
        double const file_frame = frame / ratio_;
        while (at_ + 1 < stretches.size() && file_frame - begin_ >= length()) {
            begin_ += length();
            ++at_;
        }
        return static_cast<double>(stretches[at_].from) + file_frame - begin_;
    }

    [[nodiscard]] double gain(double frame, double fade) {
        double const place = this->place(frame);
        auto const& stretch = chosen_.stretches[at_];
        return window_at(
            place,
            static_cast<double>(stretch.heard_from),
            static_cast<double>(stretch.heard_to),
            fade,
            frames_
        );
    }

  private:
    CodecStretches const& chosen_;
    double ratio_;
    double frames_;
    std::size_t at_ = 0;
    double begin_ = 0.0; ///< of the stretch, in frames of the file after one another
};

/// A file that goes with it.
class Disposable {
  public:
    explicit Disposable(std::filesystem::path path) : path_(std::move(path)) {}

    Disposable(Disposable const&) = delete;
    Disposable& operator=(Disposable const&) = delete;

    ~Disposable() {
        std::error_code ignored; // the folder that it lies in is cleared as well
        std::filesystem::remove(path_, ignored);
    }

    [[nodiscard]] std::filesystem::path const& path() const noexcept {
        return path_;
    }

  private:
    std::filesystem::path path_;
};

void encode(
    std::filesystem::path const& path, Programme const& programme, LossyCodec const& codec
) {
    Writer writer{
        path,
        {.container = codec.container,
         .input = SampleFormat::float_32,
         .rate_hz = programme.rate_hz,
         .channels = kChannels,
         .frames_expected = programme.frames(),
         .sync = false,
         .mp3_kbit_s = codec.mp3_kbit_s,
         .ogg_codec = codec.ogg_codec,
         .vorbis_quality = codec.vorbis_quality,
         .opus_compression = codec.opus_compression}};
    writer.write(
        {.bytes = std::as_bytes(std::span{programme.samples}), .frames = programme.frames()}
    );
    writer.finish();
}

class CodecCheck {
  public:
    CodecCheck(CodecStretches const& chosen, std::int64_t frames, int rate_hz)
        : chosen_(chosen), frames_(frames), rate_hz_(rate_hz) {}

    /// The highest true peak of what comes back.
    [[nodiscard]] CodecPeak decoded_peak(
        std::filesystem::path const& encoded, LossyCodec const& codec, std::stop_token const& stop
    ) const {
        Decoder decoder{encoded};
        auto const rate_hz = decoder.info().rate_hz;
        double const ratio = static_cast<double>(rate_hz) / rate_hz_;
        Hearing hearing{chosen_, ratio, frames_};
        PeakMeter meter{kChannels};
        std::vector<double> heard;
        std::int64_t frame = 0;
        for (;;) {
            if (stop.stop_requested()) {
                throw Failure{Code::cancelled, "stopped while measuring " + encoded.string()};
            }
            auto const values = decoder.next(kCodecPieceFrames);
            if (values.empty()) {
                break;
            }
            heard.assign(values.begin(), values.end());
            for (std::size_t i = 0; i < heard.size(); i += kChannels) {
                auto const at = static_cast<double>(frame++);
                double const gain = hearing.gain(at, kHearing_s * rate_hz_);
                heard[i] *= gain;
                heard[i + 1] *= gain;
            }
            meter.add(heard);
        }
        auto const peaks = meter.finish();
        auto const highest = *std::ranges::max_element(peaks, {}, &ChannelPeak::true_peak);
        CodecPeak peak{.codec = std::string{codec.name}};
        if (highest.true_peak > kDecodedSilence) {
            peak.true_peak_dbtp = db_from_gain(highest.true_peak);
            Hearing places{chosen_, ratio, frames_};
            double const at_s = places.place(highest.true_peak_frame) / rate_hz_;
            peak.at_s = std::clamp(at_s, 0.0, static_cast<double>(frames_) / rate_hz_);
        }
        return peak;
    }

  private:
    CodecStretches const& chosen_;
    std::int64_t frames_;
    int rate_hz_;
};

} // namespace

CodecReading check_codecs(
    std::filesystem::path const& file,
    LoudnessReading const& reading,
    std::filesystem::path const& scratch,
    Backend& backend,
    std::stop_token const& stop
) {
    auto const info = Reader{file}.info();
    auto const chosen = codec_stretches(reading, info.frames, info.rate_hz);
    std::map<int, Programme> programmes; // by rate
    programmes[info.rate_hz] = read_programme(file, chosen, stop);
    CodecReading out{
        .sent_s = static_cast<double>(chosen.frames) / info.rate_hz, .moments = chosen.moments};
    CodecCheck const check{chosen, info.frames, info.rate_hz};
    for (auto const& codec : kLossyCodecs) {
        auto const rate_hz = rate_for(codec, info.rate_hz);
        if (!programmes.contains(rate_hz)) {
            programmes[rate_hz] = at_rate(programmes.at(info.rate_hz), rate_hz, backend);
        }
        auto path = scratch;
        path.replace_extension(codec.container == Container::mp3 ? ".mp3" : ".ogg");
        Disposable const encoded{std::move(path)};
        encode(encoded.path(), programmes.at(rate_hz), codec);
        out.peaks.push_back(check.decoded_peak(encoded.path(), codec, stop));
    }
    return out;
}

} // namespace stemlathe
