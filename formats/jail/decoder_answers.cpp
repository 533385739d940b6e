#include "formats/jail/decoder_answers.hpp"

#include "formats/jail/media_wire.hpp"
#include "formats/jail/sample_scan.hpp"
#include "kernels/base/assert.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace stemlathe::formats {

namespace {

Reply refusal(MediaFault fault, std::string_view sentence) {
    Reply reply{.status = Status::failed, .fault = static_cast<std::uint32_t>(fault)};
    put_wire_text(reply.sentence, sentence);
    return reply;
}

/// A MediaFailure's sentence without the name, which a decoder does not know: its files have none.
std::string_view without_name(std::string_view sentence) {
    return sentence.substr(sentence.starts_with(' ') ? 1 : 0);
}

} // namespace

DecoderAnswers::DecoderAnswers(File input, std::span<std::byte> window) noexcept
    : input_(std::move(input)), window_(window) {}

Reply DecoderAnswers::answer(Request const& request) noexcept {
    try {
        return done(request);
    } catch (MediaFailure const& failure) {
        return refusal(failure.fault(), without_name(failure.what()));
    } catch (Failure const& failure) {
        Reply reply = refusal(MediaFault::unreadable, failure.what());
        reply.is_input_error = 1;
        return reply;
    } catch (std::bad_alloc const&) {
        return refusal(
            MediaFault::unreadable,
            "needs more memory to be decoded than a decoder has; it is damaged, or made to do harm"
        );
    }
}

Reply DecoderAnswers::done(Request const& request) {
    switch (request.command) {
    case Command::open:
        return open(static_cast<Container>(request.container));
    case Command::read:
        return read(request.first, request.frames);
    case Command::probe:
        return probe(static_cast<AudioKinds>(request.kinds));
    }
    return {.status = Status::failed};
}

Reply DecoderAnswers::open(Container container) {
    STEMLATHE_ASSERT(input_);
    source_.emplace(*std::exchange(input_, std::nullopt), container);
    return {.media = wire_media(source_->info())};
}

Reply DecoderAnswers::read(std::int64_t first, std::int64_t frames) {
    STEMLATHE_ASSERT(source_ || probed_);
    return {
        .frames = source_ ? source_->read(window_, first, frames)
                          : probed_->read(window_, first, frames)};
}

Reply DecoderAnswers::probe(AudioKinds kinds) {
    STEMLATHE_ASSERT(input_);
    LocalSource& source = probed_.emplace(*std::exchange(input_, std::nullopt), kinds);
    MediaInfo const& info = source.info();
    SampleScan scan{info.packed, info.channels};
    auto const frame_bytes =
        static_cast<std::size_t>(info.channels * bytes_per_sample(info.packed));
    auto const block_frames = static_cast<std::int64_t>(window_.size() / frame_bytes);
    while (scan.frames() < info.frames) {
        std::int64_t const wanted = std::min(block_frames, info.frames - scan.frames());
        std::int64_t const got = source.read(window_, scan.frames(), wanted);
        scan.add(window_.first(static_cast<std::size_t>(got) * frame_bytes));
        if (got < wanted) {
            break;
        }
    }
    if (info.is_lossless()) {
        require_frames(source.file(), info.frames, scan.frames(), info.rate_hz);
    }
    Reply reply{
        .media = wire_media(info),
        .probe = {
            .frames = scan.frames(),
            .bad_samples = scan.bad_samples(),
            .first_bad_frame = scan.first_bad_frame().value_or(-1)}};
    std::ranges::copy(scan.peaks(), reply.probe.peaks.begin());
    return reply;
}

} // namespace stemlathe::formats
