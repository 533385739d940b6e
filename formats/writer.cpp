#include "formats/writer.hpp"

#include "formats/sndfile_sink.hpp"
#include "formats/wave_sink.hpp"
#include "kernels/base/assert.hpp"

#include <utility>
#include <variant>

namespace stemlathe {

namespace {

using Sink = std::variant<formats::WaveSink, formats::SndfileSink>;

bool is_valid(EncodeSettings const& settings) noexcept {
    bool const is_float = settings.input == SampleFormat::float_32;
    bool const is_left_justified = settings.input == SampleFormat::pcm_32;
    bool const depth_is_16_or_24 = settings.bit_depth == 16 || settings.bit_depth == 24;
    switch (settings.container) {
    case Container::wav:
    case Container::rf64:
        return settings.input != SampleFormat::float_64;
    case Container::flac:
        return is_left_justified && depth_is_16_or_24;
    case Container::mp3:
    case Container::ogg:
        return is_float;
    default:
        return is_float || (is_left_justified && (depth_is_16_or_24 || settings.bit_depth == 32));
    }
}

Sink open_sink(std::filesystem::path const& path, EncodeSettings const& settings) {
    STEMLATHE_ASSERT(is_valid(settings));
    STEMLATHE_ASSERT(settings.channels == 1 || settings.channels == 2);
    STEMLATHE_ASSERT(settings.frames_expected >= 0 && settings.rate_hz > 0);
    if (settings.container == Container::wav || settings.container == Container::rf64) {
        return formats::WaveSink{path, settings};
    }
    return Sink{std::in_place_type<formats::SndfileSink>, path, settings};
}

} // namespace

struct Writer::State {
    Sink sink;
    std::int64_t frame_bytes = 0;
    std::int64_t frames_left = 0;
};

Writer::Writer(std::filesystem::path const& path, EncodeSettings const& settings)
    : state_(new State{
          open_sink(path, settings),
          settings.channels * bytes_per_sample(settings.input),
          settings.frames_expected}) {}

Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

void Writer::write(PackedAudio audio) {
    STEMLATHE_ASSERT(audio.frames * state_->frame_bytes == std::ssize(audio.bytes));
    STEMLATHE_ASSERT(audio.frames <= state_->frames_left);
    state_->frames_left -= audio.frames;
    std::visit([&](auto& sink) { sink.write(audio); }, state_->sink);
}

void Writer::finish() {
    STEMLATHE_ASSERT(state_->frames_left == 0);
    std::visit([](auto& sink) { sink.finish(); }, state_->sink);
}

} // namespace stemlathe
