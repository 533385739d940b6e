#include "host/demo/write_demo.hpp"

#include "formats/atomic_file.hpp"
#include "formats/writer.hpp"
#include "host/demo/song.hpp"
#include "host/run.hpp"
#include "kernels/base/audio.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>

namespace stemlathe {
namespace {

constexpr std::int64_t kPartFrames = 1 << 15;
constexpr std::size_t kBytes = 3;
constexpr std::int32_t kLoudest = (1 << 23) - 1;

/// One file being written, with room for the part that is on its way.
class Track {
  public:
    Track(std::filesystem::path const& path, EncodeSettings const& settings)
        : file_(path),
          writer_(file_.temporary(), settings),
          bytes_(kPartFrames * kChannels * kBytes) {}

    std::vector<std::int32_t> steps = std::vector<std::int32_t>(kPartFrames * kChannels);

    void write(std::int64_t frames) {
        auto const count = static_cast<std::size_t>(frames) * kChannels;
        for (std::size_t i = 0; i < count; ++i) {
            auto const value = static_cast<std::uint32_t>(steps[i]);
            bytes_[kBytes * i] = static_cast<std::byte>(value & 0xFFU);
            bytes_[kBytes * i + 1] = static_cast<std::byte>((value >> 8U) & 0xFFU);
            bytes_[kBytes * i + 2] = static_cast<std::byte>((value >> 16U) & 0xFFU);
        }
        writer_.write({.bytes = std::span{bytes_}.first(count * kBytes), .frames = frames});
    }

    void finish() {
        writer_.finish();
    }

    void commit() {
        file_.commit();
    }

  private:
    AtomicFile file_;
    Writer writer_;
    std::vector<std::byte> bytes_;
};

/// To whole 24-bit steps. No dither: the stems carry a converter's hiss of hundreds of steps.
void quantise(std::span<float const> samples, std::vector<std::int32_t>& steps) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        auto const step = static_cast<std::int32_t>(std::lrint(samples[i] * 0x1p23F));
        steps[i] = std::clamp(step, -kLoudest - 1, kLoudest);
    }
}

/// What an artist's bounce does: adds the stems, and clips where they are too much together.
void add_up(std::deque<Track> const& stems, std::int64_t frames, std::vector<std::int32_t>& mix) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(frames) * kChannels; ++i) {
        std::int32_t sum = 0;
        for (auto const& stem : stems) {
            sum += stem.steps[i];
        }
        mix[i] = std::clamp(sum, -kLoudest - 1, kLoudest);
    }
}

void write_audio(DemoSong& song, std::deque<Track>& stems, Track& mix, Run& run) {
    std::vector<std::vector<float>> parts(
        stems.size(), std::vector<float>(kPartFrames * kChannels)
    );
    for (std::int64_t at = 0; at < song.frames(); at += kPartFrames) {
        auto const frames = std::min(kPartFrames, song.frames() - at);
        run.tasks().for_each(stems.size(), [&](std::size_t stem) {
            auto const part =
                std::span{parts[stem]}.first(static_cast<std::size_t>(frames) * kChannels);
            song.render(stem, at, part);
            quantise(part, stems[stem].steps);
            stems[stem].write(frames);
        });
        add_up(stems, frames, mix.steps);
        mix.write(frames);
        run.advance(at + frames, song.frames());
    }
}

std::string planted_json(std::vector<PlantedMasking> const& maskings) {
    std::string text = "[";
    for (auto const& one : maskings) {
        text += fmt::format(
            "{}\n  {{\"masker\": \"{}\", \"masked\": \"{}\", \"start_s\": {:.3f}, "
            "\"end_s\": {:.3f}, \"low_hz\": {:.0f}, \"high_hz\": {:.0f}}}",
            text.size() > 1 ? "," : "",
            one.masker,
            one.masked,
            one.start_s,
            one.end_s,
            one.low_hz,
            one.high_hz
        );
    }
    return text + "\n]\n";
}

} // namespace

void write_demo(std::filesystem::path const& folder, DemoSettings const& settings, Run& run) {
    DemoSong song{settings};
    make_folder(folder);
    run.audio_s = settings.seconds;
    run.begin("demo", 100.0);
    EncodeSettings encode;
    encode.rate_hz = settings.rate_hz;
    encode.frames_expected = song.frames();
    std::deque<Track> stems;
    for (auto const& stem : song.stems()) {
        stems.emplace_back(folder / (stem.name + ".wav"), encode);
    }
    Track mix{folder / "Reference_Mix.wav", encode};
    write_audio(song, stems, mix, run);
    for (auto& stem : stems) {
        stem.finish();
    }
    mix.finish();
    for (auto& stem : stems) {
        stem.commit();
    }
    mix.commit();
    write_text_atomically(folder / "session.toml", song.session_toml());
    write_text_atomically(folder / "comments.txt", song.comments_txt());
    write_text_atomically(folder / "planted.json", planted_json(song.planted()));
    run.end();
}

} // namespace stemlathe
