#include "formats/sndfile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <span>

namespace stemlathe::formats {

SndfileHandle SndfileOutput::open(SF_INFO& info) {
    SF_VIRTUAL_IO callbacks{length, seek, read, write, tell};
    SndfileHandle handle{sf_open_virtual(&callbacks, SFM_WRITE, &info, this)};
    check();
    if (!handle) {
        throw Failure{
            Code::invalid_plan,
            fmt::format(
                "{} cannot be written at {} Hz with {} channels: {}",
                file_.path().string(),
                info.samplerate,
                info.channels,
                error_text(nullptr)
            )}
            .about_file(file_.path().string());
    }
    return handle;
}

void SndfileOutput::drop_header() {
    file_.cut(start_);
    position_ = 0;
    length_ = 0;
}

void SndfileOutput::check() const {
    if (error_ != 0) {
        throw storage_failure(error_, file_.path(), "write");
    }
}

sf_count_t SndfileOutput::length(void* self) {
    return static_cast<SndfileOutput*>(self)->length_;
}

sf_count_t SndfileOutput::seek(sf_count_t offset, int whence, void* self) {
    auto& output = *static_cast<SndfileOutput*>(self);
    sf_count_t const base = whence == SEEK_SET   ? 0
                            : whence == SEEK_CUR ? output.position_
                                                 : output.length_;
    output.position_ = std::max<sf_count_t>(base + offset, 0);
    return output.position_;
}

sf_count_t SndfileOutput::read(void* into, sf_count_t count, void* self) {
    auto& output = *static_cast<SndfileOutput*>(self);
    auto const bytes = std::span(static_cast<std::byte*>(into), static_cast<std::size_t>(count));
    try {
        auto const got = output.file_.read_at(bytes, output.start_ + output.position_);
        output.position_ += static_cast<sf_count_t>(got);
        return static_cast<sf_count_t>(got);
    } catch (Failure const&) { // must not pass through C; libsndfile reports the short read
        return 0;
    }
}

sf_count_t SndfileOutput::write(void const* from, sf_count_t count, void* self) {
    auto& output = *static_cast<SndfileOutput*>(self);
    auto const bytes =
        std::span(static_cast<std::byte const*>(from), static_cast<std::size_t>(count));
    int const error = output.file_.try_write_at(bytes, output.start_ + output.position_);
    if (error != 0) {
        output.error_ = output.error_ != 0 ? output.error_ : error;
        return 0;
    }
    output.position_ += count;
    output.length_ = std::max(output.length_, output.position_);
    return count;
}

sf_count_t SndfileOutput::tell(void* self) {
    return static_cast<SndfileOutput*>(self)->position_;
}

std::string error_text(SNDFILE* handle) {
    return sf_strerror(handle);
}

} // namespace stemlathe::formats
