#include "formats/reader.hpp"

#include "formats/container_check.hpp"
#include "formats/sndfile_source.hpp"
#include "formats/wave_source.hpp"
#include "kernels/base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace stemlathe {

namespace {

using Source = std::variant<formats::WaveSource, formats::SndfileSource>;

constexpr int kRateMin_hz = 8'000;
constexpr int kRateMax_hz = 384'000;

Source open_wave(formats::File file) {
    auto const header = formats::read_wave_header(file);
    if (header.raw) {
        return formats::WaveSource{std::move(file), header};
    }
    formats::SndfileSource source{std::move(file), header.container};
    formats::require_frames(
        source.file(), header.frames(), source.info().frames, source.info().rate_hz
    );
    source.info().streaming_header = header.streaming;
    formats::add_wave_metadata(source.file(), header, source.info());
    return source;
}

Source open_source(std::filesystem::path const& path) {
    auto file = formats::File::open(path);
    if (file.size() == 0) {
        throw MediaFailure(MediaFault::empty, path, "is empty (0 bytes)");
    }
    auto const container = formats::identified(file);
    if (!container) {
        throw MediaFailure(
            MediaFault::unreadable,
            path,
            "is not an audio file of a known kind (WAV, RF64, W64, AIFF, CAF, FLAC, Ogg, MP3)"
        );
    }
    bool streaming = false;
    switch (*container) {
    case Container::wav:
    case Container::rf64:
    case Container::w64:
        return open_wave(std::move(file));
    case Container::aiff:
        formats::check_aiff(file);
        break;
    case Container::caf:
        streaming = formats::check_caf(file);
        break;
    default:
        break;
    }
    formats::SndfileSource source{std::move(file), *container};
    source.info().streaming_header = streaming;
    return source;
}

MediaInfo const& info_of(Source const& source) {
    return std::visit([](auto const& each) -> MediaInfo const& { return each.info(); }, source);
}

} // namespace

struct Reader::State {
    Source source;
    MediaInfo info;
    std::int64_t position = 0;
};

Reader::Reader(std::filesystem::path const& path) {
    Source source = open_source(path);
    MediaInfo info = info_of(source);
    info.wrong_content = formats::contradicts_name(path, info.container);
    if (info.rate_hz < kRateMin_hz || info.rate_hz > kRateMax_hz) {
        throw MediaFailure(
            MediaFault::unreadable,
            path,
            fmt::format(
                "says its sample rate is {} Hz; it must be {} to {} Hz",
                info.rate_hz,
                kRateMin_hz,
                kRateMax_hz
            )
        );
    }
    state_ = std::make_unique<State>(State{std::move(source), std::move(info), 0});
}

Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

MediaInfo const& Reader::info() const noexcept {
    return state_->info;
}

std::int64_t Reader::read(std::span<std::byte> into, std::int64_t frames) {
    MediaInfo const& info = state_->info;
    std::int64_t const frame_bytes = info.channels * bytes_per_sample(info.packed);
    STEMLATHE_ASSERT(frames >= 0 && frames * frame_bytes <= std::ssize(into));
    std::int64_t const wanted = std::min(frames, info.frames - state_->position);
    if (wanted == 0) {
        return 0;
    }
    std::int64_t const got =
        std::holds_alternative<formats::WaveSource>(state_->source)
            ? std::get<formats::WaveSource>(state_->source).read(into, state_->position, wanted)
            : std::get<formats::SndfileSource>(state_->source).read(into, wanted);
    state_->position += got;
    bool const lossless = info.bit_depth > 0;
    if (got < wanted && lossless) {
        auto const& file = std::visit(
            [](auto const& each) -> formats::File const& { return each.file(); }, state_->source
        );
        formats::require_frames(file, info.frames, state_->position, info.rate_hz);
    }
    return got;
}

void Reader::seek(std::int64_t frame) {
    STEMLATHE_ASSERT(frame >= 0 && frame <= state_->info.frames);
    if (auto* const source = std::get_if<formats::SndfileSource>(&state_->source)) {
        source->seek(frame);
    }
    state_->position = frame;
}

} // namespace stemlathe
