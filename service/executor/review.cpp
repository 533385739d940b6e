#include "service/executor/review.hpp"

#include "formats/atomic_file.hpp"
#include "formats/writer.hpp"
#include "host/loudness/decode.hpp"
#include "host/report/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kBlock_frames = 65'536;
constexpr int kMp3Rate_hz_max = 48'000;
constexpr int kReview_kbit_s = 192;
constexpr int kPeakDecimals = 4;

/// The least and greatest sample of each of kPeakColumns stretches of the song.
class Peaks {
  public:
    explicit Peaks(std::int64_t frames)
        : frames_{frames},
          low_(static_cast<std::size_t>(std::min(frames, kPeakColumns)), 0.0),
          high_(low_) {}

    void add(std::span<float const> stereo) {
        auto const columns = static_cast<std::int64_t>(low_.size());
        for (std::size_t i = 0; i + 1 < stereo.size() && frame_ < frames_; i += 2, ++frame_) {
            auto const column = static_cast<std::size_t>(frame_ * columns / frames_);
            auto const [least, greatest] = std::minmax(stereo[i], stereo[i + 1]);
            low_[column] = std::min(low_[column], static_cast<double>(least));
            high_[column] = std::max(high_[column], static_cast<double>(greatest));
        }
    }

    [[nodiscard]] std::string json(double duration_s) const {
        return boost::json::serialize(boost::json::object{
            {"duration_s", rounded(duration_s, kPeakDecimals)},
            {"low", list(low_)},
            {"high", list(high_)}});
    }

  private:
    static boost::json::array list(std::vector<double> const& values) {
        boost::json::array numbers;
        for (double const value : values) {
            numbers.push_back(rounded(value, kPeakDecimals));
        }
        return numbers;
    }

    std::int64_t frames_;
    std::int64_t frame_ = 0;
    std::vector<double> low_;
    std::vector<double> high_;
};

/// Writes the MP3, at half or a quarter of the rate where MP3 does not reach it.
class ReviewWriter {
  public:
    ReviewWriter(std::filesystem::path const& file, MediaInfo const& media, Backend& backend)
        : backend_{backend},
          rate_hz_{mp3_rate(media.rate_hz)},
          stage_{backend.make_resampler({.from_hz = media.rate_hz, .to_hz = rate_hz_})},
          room_{backend.make_buffer(kBlock_frames)},
          writer_{
              file,
              {.container = Container::mp3,
               .input = SampleFormat::float_32,
               .rate_hz = rate_hz_,
               .frames_expected =
                   resampled_frames(media.frames, {.from_hz = media.rate_hz, .to_hz = rate_hz_}),
               .mp3_kbit_s = kReview_kbit_s}} {}

    void write(std::span<float const> stereo) {
        write_view(stage_->process(backend_.upload(stereo, position_, room_)));
        position_ += static_cast<std::int64_t>(stereo.size() / 2);
    }

    void finish() {
        write_view(stage_->finish());
        writer_.finish();
    }

  private:
    /// Of the same family, so that the resampler is short.
    static int mp3_rate(int rate_hz) {
        while (rate_hz > kMp3Rate_hz_max) {
            rate_hz /= 2;
        }
        return rate_hz;
    }

    void write_view(AudioView view) {
        samples_.resize(static_cast<std::size_t>(view.frames) * 2);
        backend_.download(view, samples_);
        writer_.write({.bytes = std::as_bytes(std::span{samples_}), .frames = view.frames});
    }

    Backend& backend_;
    int rate_hz_;
    std::unique_ptr<Stage> stage_;
    AudioBuffer room_;
    Writer writer_;
    std::vector<float> samples_{};
    std::int64_t position_ = 0;
};

/// The next block as stereo floats; empty at the end.
std::vector<float> next_block(Decoder& decoder) {
    auto const samples = decoder.next(kBlock_frames);
    bool const is_mono = decoder.info().channels == 1;
    std::vector<float> stereo;
    stereo.reserve(samples.size() * (is_mono ? 2 : 1));
    for (double const sample : samples) {
        stereo.push_back(static_cast<float>(sample));
        if (is_mono) {
            stereo.push_back(static_cast<float>(sample));
        }
    }
    return stereo;
}

} // namespace

void make_review(
    std::filesystem::path const& master,
    std::filesystem::path const& out,
    Backend& backend,
    Run& run
) {
    auto const folder = out / "review";
    std::filesystem::create_directories(folder);
    Decoder decoder{master};
    auto const media = decoder.info();
    Peaks peaks{media.frames};
    ReviewWriter writer{folder / "review.mp3", media, backend};
    for (auto block = next_block(decoder); !block.empty(); block = next_block(decoder)) {
        run.check_stop();
        peaks.add(block);
        writer.write(block);
    }
    writer.finish();
    write_text(folder / "peaks.json", peaks.json(media.duration_s()));
}

} // namespace stemlathe::service
