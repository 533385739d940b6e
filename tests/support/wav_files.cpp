#include "tests/support/wav_files.hpp"

#include "formats/writer.hpp"

namespace stemlathe::test {

void write_packed_wav(
    std::filesystem::path const& path,
    PackedAudio audio,
    SampleFormat format,
    int rate_hz,
    int channels
) {
    EncodeSettings settings;
    settings.input = format;
    settings.rate_hz = rate_hz;
    settings.channels = channels;
    settings.frames_expected = audio.frames;
    Writer writer{path, settings};
    writer.write(audio);
    writer.finish();
}

void write_wav(std::filesystem::path const& path, Signal const& signal, int rate_hz) {
    auto const frames = static_cast<std::int64_t>(signal.size()) / 2;
    PackedAudio const audio{.bytes = std::as_bytes(std::span{signal}), .frames = frames};
    write_packed_wav(path, audio, SampleFormat::float_32, rate_hz, 2);
}

void write_mono_wav(std::filesystem::path const& path, Signal const& signal, int rate_hz) {
    std::vector<float> left;
    for (std::size_t i = 0; i < signal.size(); i += 2) {
        left.push_back(signal[i]);
    }
    PackedAudio const audio{
        .bytes = std::as_bytes(std::span{left}), .frames = static_cast<std::int64_t>(left.size())};
    write_packed_wav(path, audio, SampleFormat::float_32, rate_hz, 1);
}

} // namespace stemlathe::test
