#include "formats/jail/jailed_source.hpp"

#include "formats/inspection.hpp"
#include "formats/jail/media_wire.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stemlathe::formats {

JailedSource::JailedSource(File file, Container container, DecoderSettings const& settings)
    : file_(std::move(file)),
      decoder_(std::make_unique<DecoderProcess>(file_.descriptor(), file_.path(), settings)) {
    Reply const reply =
        decoder_->ask({.command = Command::open, .container = static_cast<std::uint32_t>(container)}
        );
    info_ = media_from(reply.media, file_.path());
    if (info_.container != container) {
        decoder_->refuse("made its decoder answer nonsense");
    }
    require_budget(info_, file_.path());
}

std::int64_t
JailedSource::read(std::span<std::byte> into, std::int64_t first, std::int64_t frames) {
    std::int64_t const frame_bytes = info_.channels * bytes_per_sample(info_.packed);
    auto const window = decoder_->window();
    std::int64_t done = 0;
    while (done < frames) {
        std::int64_t const wanted = std::min(frames - done, std::ssize(window) / frame_bytes);
        std::int64_t const got =
            decoder_->ask({.command = Command::read, .first = first + done, .frames = wanted})
                .frames;
        if (got < 0 || got > wanted) {
            decoder_->refuse("made its decoder answer nonsense");
        }
        std::memcpy(
            into.data() + done * frame_bytes,
            window.data(),
            static_cast<std::size_t>(got * frame_bytes)
        );
        done += got;
        if (got < wanted) {
            break;
        }
    }
    return done;
}

} // namespace stemlathe::formats
