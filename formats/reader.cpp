#include "formats/reader.hpp"

#include "formats/container_check.hpp"
#include "formats/inspection.hpp"
#include "formats/jail/jailed_source.hpp"
#include "formats/wave_source.hpp"
#include "kernels/base/assert.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace stemlathe {

namespace {

using Source = std::variant<formats::WaveSource, formats::JailedSource>;

Source open_source(std::filesystem::path const& path, AudioKinds kinds) {
    auto file = formats::File::open(path);
    auto const inspection = formats::inspect(file, kinds);
    if (inspection.is_raw()) {
        return formats::WaveSource{std::move(file), *inspection.wave};
    }
    formats::JailedSource source{std::move(file), inspection.container, {}};
    formats::complete(source.info(), inspection, source.file());
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

Reader::Reader(std::filesystem::path const& path, AudioKinds kinds) {
    Source source = open_source(path, kinds);
    MediaInfo info = info_of(source);
    info.wrong_content = formats::contradicts_name(path, info.container);
    formats::require_rate_and_channels(info, path);
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
    std::int64_t const got = std::visit(
        [&](auto& source) { return source.read(into, state_->position, wanted); }, state_->source
    );
    state_->position += got;
    if (got < wanted && info.is_lossless()) {
        auto const& file = std::visit(
            [](auto const& each) -> formats::File const& { return each.file(); }, state_->source
        );
        formats::require_frames(file, info.frames, state_->position, info.rate_hz);
    }
    return got;
}

void Reader::seek(std::int64_t frame) {
    STEMLATHE_ASSERT(frame >= 0 && frame <= state_->info.frames);
    state_->position = frame;
}

} // namespace stemlathe
