#include "host/session/media_findings.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

namespace stemlathe {

namespace {

constexpr int kRate_hz_min = 44'100;
constexpr int kRate_hz_max = 192'000;
constexpr int kChannelsMax = 2;
constexpr int kBitDepthWanted = 24;

std::optional<Finding> channel_count(MediaInfo const& media, std::string const& file) {
    if (media.channels <= kChannelsMax) {
        return std::nullopt;
    }
    return Finding{
        .code = "channel_count",
        .severity = Severity::refuse,
        .stem = file,
        .measured = media.channels,
        .limit = kChannelsMax,
        .unit = "channels",
        .message =
            fmt::format("{} has {} channels; send mono or stereo stems", file, media.channels)};
}

std::optional<Finding> rate(MediaInfo const& media, std::string const& file) {
    if (media.rate_hz >= kRate_hz_min && media.rate_hz <= kRate_hz_max) {
        return std::nullopt;
    }
    return Finding{
        .code = "unreadable",
        .severity = Severity::refuse,
        .stem = file,
        .measured = media.rate_hz,
        .unit = "Hz",
        .message = fmt::format(
            "{} is at {} Hz; stems must be at 44.1, 48, 88.2, 96, 176.4 or 192 kHz",
            file,
            media.rate_hz
        )};
}

std::optional<Finding> content(MediaInfo const& media, std::string const& file) {
    if (is_lossy(media.container)) { // under a lossless name: others are no stems at all
        return Finding{
            .code = "wrong_content",
            .severity = Severity::refuse,
            .stem = file,
            .message = fmt::format(
                "{} is {} inside, which loses sound; export the stem as WAV, AIFF, CAF or FLAC",
                file,
                name_of(media.container)
            )};
    }
    if (!media.wrong_content) {
        return std::nullopt;
    }
    return Finding{
        .code = "wrong_content",
        .severity = Severity::warn,
        .stem = file,
        .message = fmt::format(
            "{} is really {} inside; export the stem again if that was not meant",
            file,
            name_of(media.container)
        )};
}

std::optional<Finding> bit_depth(MediaInfo const& media, std::string const& file) {
    if (!media.is_lossless() || media.bit_depth >= kBitDepthWanted) {
        return std::nullopt;
    }
    return Finding{
        .code = "low_bit_depth",
        .severity = Severity::warn,
        .stem = file,
        .measured = media.bit_depth,
        .limit = kBitDepthWanted,
        .unit = "bits",
        .message = fmt::format(
            "{} has {} bits; export stems with 24 bits or as 32-bit float", file, media.bit_depth
        )};
}

std::optional<Finding> header_length(MediaInfo const& media, std::string const& file) {
    if (!media.streaming_header) {
        return std::nullopt;
    }
    return Finding{
        .code = "streaming_header",
        .severity = Severity::info,
        .stem = file,
        .message = fmt::format(
            "the header of {} holds no length, as a recording that was broken off leaves it; all "
            "{:.3f} s in the file were used",
            file,
            media.duration_s()
        )};
}

std::string_view code_of(MediaFault fault) {
    switch (fault) {
    case MediaFault::empty:
        return "empty";
    case MediaFault::truncated:
        return "truncated";
    case MediaFault::unreadable:
        break;
    }
    return "unreadable";
}

} // namespace

std::vector<Finding> media_findings(MediaInfo const& media, std::string const& file) {
    std::vector<Finding> findings;
    for (auto const rule : {channel_count, rate, content, bit_depth, header_length}) {
        if (auto finding = rule(media, file)) {
            findings.push_back(std::move(*finding));
        }
    }
    return findings;
}

Finding finding_of(MediaFailure const& failure, std::string const& file) {
    return {
        .code = std::string{code_of(failure.fault())},
        .severity = Severity::refuse,
        .stem = file,
        .message = failure.what()};
}

} // namespace stemlathe
