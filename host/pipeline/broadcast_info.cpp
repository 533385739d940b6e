#include "host/pipeline/broadcast_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace stemlathe {

namespace {

/// The earliest of the stems' time references, so that a broadcaster finds the place again. A stem
/// that is moved in the song says where the song began, not where the stem does.
std::int64_t time_reference(Session const& session, Window const& window, int rate_hz) {
    double earliest_s = 0.0;
    bool any = false;
    for (auto const& stem : session.stems) {
        if (stem.media.time_reference_frames) {
            double const start_s =
                static_cast<double>(*stem.media.time_reference_frames) / stem.media.rate_hz -
                stem.offset_s;
            earliest_s = any ? std::min(earliest_s, start_s) : start_s;
            any = true;
        }
    }
    double const from_s = static_cast<double>(window.from_frame) / session.rate_hz;
    return std::llround((std::max(earliest_s, 0.0) + from_s) * rate_hz);
}

std::string history_line(int rate_hz, int bits, bool is_stereo, std::string_view text) {
    return fmt::format(
        "A=PCM,F={},W={},M={},T={}\r\n", rate_hz, bits, is_stereo ? "stereo" : "mono", text
    );
}

/// The generation before: the session's rate and the widest of its stems.
std::string stems_line(Session const& session) {
    int bits = 0;
    bool is_stereo = false;
    bool is_float = false;
    for (auto const& stem : session.stems) {
        bits = std::max(bits, stem.media.bit_depth);
        is_stereo = is_stereo || stem.media.channels > 1;
        is_float = is_float || stem.media.is_float;
    }
    auto const count = session.stems.size();
    return history_line(
        session.rate_hz,
        bits,
        is_stereo,
        fmt::format("{} stem{}{}", count, count == 1 ? "" : "s", is_float ? "; float" : "")
    );
}

std::string_view rounding_of(DeliveryPlan const& plan) {
    if (*plan.bit_depth == 32) {
        return "; float";
    }
    switch (*plan.dither) {
    case Dither::tpdf:
        return "; TPDF dither";
    case Dither::shaped:
        return "; noise-shaped dither";
    case Dither::none:
        break;
    }
    return "";
}

std::string coding_history(DeliveryPlan const& plan, Session const& session) {
    auto const here = fmt::format("stemlathe{}", rounding_of(plan));
    return (session.stems.empty() ? std::string{} : stems_line(session)) +
           history_line(*plan.sample_rate_hz, *plan.bit_depth, true, here);
}

} // namespace

std::string date_of(Session const& session) {
    if (!session.info.date.empty()) {
        return session.info.date;
    }
    for (auto const& stem : session.stems) {
        if (stem.media.origination_date) {
            return *stem.media.origination_date;
        }
    }
    return {};
}

BroadcastInfo broadcast_info(
    DeliveryPlan const& plan, Session const& session, Window const& window, std::string const& title
) {
    auto const& info = session.info;
    std::string const artist = info.artist.empty() ? "" : info.artist + " - ";
    return {
        .description = fmt::format("{}{} [{}]", artist, title, plan.name),
        .originator = "stemlathe",
        .originator_reference = info.isrc,
        .origination_date = date_of(session),
        .origination_time = {},
        .time_reference_frames = time_reference(session, window, *plan.sample_rate_hz),
        .loudness = {},
        .coding_history = coding_history(plan, session)};
}

} // namespace stemlathe
