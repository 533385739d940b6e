#include "host/session/rate_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>

namespace stemlathe {

namespace {

constexpr double kSecondsLeast = 10.0; // shorter ones are as long as others by chance

/// Its length tells something: not where the stem was cut or moved on its own.
bool is_long(Stem const& stem) {
    return stem.media.duration_s() >= kSecondsLeast;
}

/// A stem of the session's rate with exactly as many frames.
Stem const* twin_of(Stem const& stem, Session const& session) {
    auto const twin = std::ranges::find_if(session.stems, [&](Stem const& other) {
        return other.media.rate_hz == session.rate_hz && other.media.frames == stem.media.frames;
    });
    return twin != session.stems.end() && is_long(stem) ? &*twin : nullptr;
}

/// The number of frames on which most stems of the session's rate agree, two at the least.
std::optional<std::int64_t> common_frames(Session const& session) {
    std::map<std::int64_t, int> counts;
    for (auto const& stem : session.stems) {
        if (stem.media.rate_hz == session.rate_hz) {
            ++counts[stem.media.frames];
        }
    }
    auto const most =
        std::ranges::max_element(counts, {}, [](auto const& each) { return each.second; });
    return most != counts.end() && most->second > 1 ? std::optional{most->first} : std::nullopt;
}

/// The rate that would make it as long as the others, if that is the other of 44.1 and 48 kHz.
std::optional<int> rate_by_length(Stem const& stem, std::int64_t frames) {
    constexpr std::int64_t kOf44 = 147;
    constexpr std::int64_t kOf48 = 160;
    auto const own = stem.media.frames;
    auto const rate_hz = static_cast<std::int64_t>(stem.media.rate_hz);
    if (rate_hz % 48'000 == 0 && std::abs(own * kOf48 - frames * kOf44) <= kOf48) {
        return static_cast<int>(rate_hz / kOf48 * kOf44);
    }
    if (rate_hz % 44'100 == 0 && std::abs(own * kOf44 - frames * kOf48) <= kOf44) {
        return static_cast<int>(rate_hz / kOf44 * kOf48);
    }
    return std::nullopt;
}

Finding wrong(Stem const& stem, int rate_hz, std::string_view evidence) {
    return {
        .code = "sample_rate_wrong",
        .severity = Severity::warn,
        .stem = stem.file,
        .measured = rate_hz,
        .limit = stem.media.rate_hz,
        .unit = "Hz",
        .message = fmt::format(
            "the header of {} says {:g} kHz, but {}: it was very likely made at {:g} kHz and plays "
            "at the wrong pitch. Export it again, or correct its header",
            stem.file,
            stem.media.rate_hz / 1'000.0,
            evidence,
            rate_hz / 1'000.0
        )};
}

Finding mismatch(Stem const& stem, int rate_hz) {
    return {
        .code = "sample_rate_mismatch",
        .severity = Severity::warn,
        .stem = stem.file,
        .measured = stem.media.rate_hz,
        .limit = rate_hz,
        .unit = "Hz",
        .message = fmt::format(
            "{} is at {} Hz while the session is at {} Hz; it was converted. Export all stems at "
            "one rate",
            stem.file,
            stem.media.rate_hz,
            rate_hz
        )};
}

} // namespace

std::vector<Finding> rate_findings(Session const& session) {
    auto const frames = common_frames(session);
    std::vector<Finding> findings;
    for (auto const& stem : session.stems) {
        if (stem.media.rate_hz != session.rate_hz) {
            auto const* const twin = twin_of(stem, session);
            findings.push_back(
                twin != nullptr ? wrong(
                                      stem,
                                      session.rate_hz,
                                      fmt::format("it has exactly as many frames as {}", twin->file)
                                  )
                                : mismatch(stem, session.rate_hz)
            );
        } else if (frames && is_long(stem)) {
            if (auto const rate_hz = rate_by_length(stem, *frames)) {
                findings.push_back(wrong(
                    stem,
                    *rate_hz,
                    "at that it is shorter or longer than the other stems "
                    "by just that ratio"
                ));
            }
        }
    }
    return findings;
}

} // namespace stemlathe
