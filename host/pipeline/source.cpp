#include "host/pipeline/source.hpp"

#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stemlathe {

namespace {

constexpr std::int64_t kLagFrames = 4096;

} // namespace

StemSource::StemSource(
    Stem const& stem, Session const& session, Window const& window, Backend& backend
)
    : file_(stem.file),
      window_(window),
      backend_(backend),
      reader_(stem.path),
      unpacker_(backend.make_unpacker(
          {.format = reader_.info().packed, .channels = reader_.info().channels}
      )),
      rates_{.from_hz = reader_.info().rate_hz, .to_hz = session.rate_hz} {
    if (rates_.from_hz != rates_.to_hz) {
        resampler_ = backend.make_resampler(rates_);
    }
    auto const start = std::llround(stem.offset_s * session.rate_hz) - window.from_frame;
    lead_frames_ = std::clamp<std::int64_t>(start, 0, window.frames);
    auto const skipped = std::max<std::int64_t>(-start, 0) * rates_.from_hz / rates_.to_hz;
    file_frames_ = std::max<std::int64_t>(reader_.info().frames - skipped, 0);
    to_read_ = file_frames_;
    if (skipped > 0 && file_frames_ > 0) {
        reader_.seek(skipped);
    }
}

AudioView StemSource::silence(std::int64_t frames) {
    zeros_.assign(static_cast<std::size_t>(frames) * kChannels, 0.0F);
    return backend_.upload(zeros_, produced_, silence_);
}

AudioView StemSource::placed(AudioView view) {
    view.frames = std::min(view.frames, window_.frames - produced_);
    view.position = produced_;
    produced_ += view.frames;
    return view;
}

AudioView StemSource::decode(std::int64_t frames) {
    auto const& info = reader_.info();
    auto const frame_bytes =
        static_cast<std::size_t>(bytes_per_sample(info.packed) * info.channels);
    packed_.resize(static_cast<std::size_t>(frames) * frame_bytes);
    auto const got = reader_.read(packed_, frames);
    if (got != frames) {
        throw Failure{
            Code::unreadable,
            fmt::format(
                "{}: the audio ends {:.3f} s before its header says; export it again",
                file_,
                static_cast<double>(to_read_ - got) / info.rate_hz
            )}
            .about_file(file_);
    }
    to_read_ -= got;
    last_read_ = {std::span{packed_}.first(static_cast<std::size_t>(got) * frame_bytes), got};
    try {
        return unpacker_->process(last_read_);
    } catch (Failure const& failure) {
        throw Failure{failure.code(), file_ + ": " + failure.what()}.about_file(file_);
    }
}

AudioView StemSource::audio(std::int64_t target) {
    // Read so far that the converter has what `target` needs; sources of all rates then advance
    // together.
    auto const wanted =
        (std::min(target, window_.frames) - lead_frames_) * rates_.from_hz / rates_.to_hz + 1;
    auto const read_before = file_frames_ - to_read_;
    // A converter lags; where a preview ends before the file does, it needs some frames beyond.
    auto const least = produced_ < target ? std::min<std::int64_t>(to_read_, kLagFrames) : 0;
    auto const frames = std::clamp<std::int64_t>(wanted - read_before, least, to_read_);
    auto view = decode(frames);
    if (resampler_) {
        view = resampler_->process(view);
    }
    return placed(view);
}

AudioView StemSource::advance(std::int64_t target) {
    target = std::min(target, window_.frames);
    last_read_ = {};
    if (produced_ < lead_frames_) {
        return placed(silence(std::min(target, lead_frames_) - produced_));
    }
    if (to_read_ > 0 && produced_ < window_.frames) {
        return audio(target);
    }
    if (resampler_ && !drained_) {
        drained_ = true;
        return placed(resampler_->finish());
    }
    return placed(silence(std::max<std::int64_t>(target - produced_, 0)));
}

} // namespace stemlathe
