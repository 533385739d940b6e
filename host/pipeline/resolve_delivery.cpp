#include "host/model/profile.hpp"
#include "host/pipeline/resolve.hpp"
#include "host/vinyl/side_plan.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stemlathe {

namespace {

constexpr int kCdRate_hz = 44'100;
constexpr int kHiresRate_hz_min = 88'200;
constexpr int kFloatBits = 32;

/// What one kind of file can hold. Bits 0: the codec has none.
struct Encoding {
    std::string_view container;
    std::string_view codec;
    int bits;
};

constexpr std::array<Encoding, 8> kEncodings{{
    {"WAV", "pcm_16", 16},
    {"WAV", "pcm_24", 24},
    {"WAV", "float_32", kFloatBits},
    {"FLAC", "flac", 16},
    {"FLAC", "flac", 24},
    {"MP3", "mp3", 0},
    {"OGG", "vorbis", 0},
    {"OGG", "opus", 0},
}};

[[noreturn]] void
refuse(DeliveryPlan const& wish, std::string_view key, std::string const& complaint) {
    throw Failure{
        Code::invalid_plan, fmt::format("delivery \"{}\": {} {}", wish.name, key, complaint)}
        .about_key(fmt::format("delivery.{}", key));
}

void check_name(DeliveryPlan const& wish) {
    auto const is_safe = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    bool const starts_well = !wish.name.empty() && wish.name.front() != '-';
    if (!starts_well || wish.name.size() > 64 || !std::ranges::all_of(wish.name, is_safe)) {
        refuse(
            wish,
            "name",
            "becomes a folder and part of file names; it must be 1 to 64 letters, digits, - and _"
        );
    }
}

/// Highest of 44.1 and 48 kHz that the session's rate is a multiple of.
int base_rate(int rate_hz) {
    return rate_hz % kCdRate_hz == 0 ? kCdRate_hz : 48'000;
}

int own_rate(DeliveryProfile const& profile, DeliveryPlan const& wish, Session const& session) {
    switch (profile.rate) {
    case RateRule::session_own:
        return session.rate_hz;
    case RateRule::fixed:
        return profile.rate_hz;
    case RateRule::session_or_48:
        return base_rate(session.rate_hz);
    case RateRule::hires_only:
        break;
    }
    if (session.rate_hz < kHiresRate_hz_min) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "delivery \"{}\" needs stems at 88.2 kHz or more; this session is at {:.1f} kHz. "
                "Ask for \"flac\" instead",
                wish.name,
                session.rate_hz / 1000.0
            )}
            .about_key("deliver");
    }
    return session.rate_hz;
}

int chosen_rate(DeliveryProfile const& profile, DeliveryPlan const& wish, Session const& session) {
    int const own = own_rate(profile, wish, session);
    int const rate = wish.sample_rate_hz.value_or(own);
    if (profile.rate != RateRule::fixed && rate > session.rate_hz) {
        refuse(
            wish,
            "sample_rate_hz",
            fmt::format(
                "is {}; this session is at {} Hz and a master is never converted upwards",
                rate,
                session.rate_hz
            )
        );
    }
    if (profile.is_cd && rate != kCdRate_hz) {
        refuse(wish, "sample_rate_hz", fmt::format("is {}; a CD has 44100 Hz", rate));
    }
    if (profile.is_stems && rate != session.rate_hz) {
        refuse(
            wish,
            "sample_rate_hz",
            fmt::format("is {}; stems keep the session's {} Hz", rate, session.rate_hz)
        );
    }
    return rate;
}

void check_codec_rate(DeliveryPlan const& wish, std::string_view codec, int rate_hz) {
    if (codec == "opus" && rate_hz != 48'000) {
        refuse(wish, "sample_rate_hz", fmt::format("is {}; Opus has 48000 Hz", rate_hz));
    }
    if (codec == "mp3" && rate_hz != 48'000 && rate_hz != kCdRate_hz) {
        refuse(wish, "sample_rate_hz", fmt::format("is {}; MP3 has 44100 or 48000 Hz", rate_hz));
    }
}

/// The encoding that has all that was asked for and, where nothing was said, most of the profile's.
Encoding chosen_encoding(DeliveryProfile const& profile, DeliveryPlan const& wish) {
    Encoding const* best = nullptr;
    int best_likeness = -1;
    for (auto const& encoding : kEncodings) {
        bool const has_all_wishes = (!wish.container || *wish.container == encoding.container) &&
                                    (!wish.codec || *wish.codec == encoding.codec) &&
                                    (!wish.bit_depth || *wish.bit_depth == encoding.bits);
        int const likeness = (encoding.container == profile.container ? 4 : 0) +
                             (encoding.codec == profile.codec ? 2 : 0) +
                             (encoding.bits == profile.bit_depth ? 1 : 0);
        if (has_all_wishes && likeness > best_likeness) {
            best = &encoding;
            best_likeness = likeness;
        }
    }
    if (best == nullptr) {
        refuse(
            wish,
            "codec",
            "does not go with its container and bit_depth; possible are WAV with pcm_16, pcm_24 or "
            "float_32, FLAC with 16 or 24 bits, MP3 with mp3, and OGG with vorbis or opus"
        );
    }
    return *best;
}

Choice<LimiterPlan>
chosen_limiter(DeliveryProfile const& profile, DeliveryPlan const& wish, BusPlan const& bus) {
    if (!wish.limiter.is_auto()) {
        return wish.limiter;
    }
    bool const never_limits = profile.vinyl_chain || profile.is_stems || !profile.true_peak_dbtp;
    return never_limits || bus.limiter.is_off() ? Choice<LimiterPlan>::off() : bus.limiter;
}

Choice<double> chosen_true_peak(DeliveryProfile const& profile, DeliveryPlan const& resolved) {
    if (!profile.true_peak_dbtp) {
        return Choice<double>::off();
    }
    bool const is_louder = resolved.integrated_lufs.is_set() && profile.integrated_lufs &&
                           resolved.integrated_lufs.value() > *profile.integrated_lufs;
    if (is_louder && profile.true_peak_when_louder_dbtp) {
        return *profile.true_peak_when_louder_dbtp;
    }
    return *profile.true_peak_dbtp;
}

void check_side(DeliveryProfile const& profile, DeliveryPlan const& wish) {
    if (wish.side_format && !profile.vinyl_chain) {
        refuse(
            wish,
            "side_format",
            fmt::format("is \"{}\"; it goes with \"vinyl\" alone", *wish.side_format)
        );
    }
}

void check_base(DeliveryPlan const& wish) {
    if (wish.based_on && is_built_in(wish.profile) && *wish.based_on != wish.profile) {
        refuse(
            wish,
            "based_on",
            fmt::format(
                "is \"{}\", but \"{}\" is a built-in profile itself; give yours another name",
                *wish.based_on,
                wish.profile
            )
        );
    }
}

void check_metadata(DeliveryProfile const& profile, DeliveryPlan const& resolved) {
    if (resolved.metadata.bext.value_or(false) && *resolved.container != "WAV") {
        refuse(
            resolved,
            "metadata.bext",
            fmt::format("is true; {} files have no broadcast extension", *resolved.container)
        );
    }
    if (profile.has_cue_sheet && !profile.is_cd) {
        refuse(resolved, "metadata.cue_sheet", "is true; a CUE sheet goes with \"cd\" alone");
    }
}

} // namespace

DeliveryPlan
resolve_delivery(DeliveryPlan const& wish, BusPlan const& bus, Session const& session) {
    auto const profile = profile_of(wish);
    check_base(wish);
    DeliveryPlan out = wish;
    if (out.name.empty()) {
        out.name = wish.profile;
    }
    check_name(out);
    if (out.integrated_lufs.is_auto()) {
        out.integrated_lufs = profile.integrated_lufs ? Choice<double>{*profile.integrated_lufs}
                                                      : Choice<double>::off();
    }
    if (out.true_peak_dbtp.is_auto()) {
        out.true_peak_dbtp = chosen_true_peak(profile, out);
    }
    if (out.low_end.is_auto()) {
        out.low_end =
            profile.low_end ? Choice<LowEndPlan>{*profile.low_end} : Choice<LowEndPlan>::off();
    }
    if (profile.vinyl_chain && !out.side_format) {
        out.side_format = std::string{kUsualSideFormat};
    }
    out.limiter = chosen_limiter(profile, out, bus);
    out.gr_budget_db = wish.gr_budget_db.value_or(profile.gr_budget_db);
    out.sample_rate_hz = chosen_rate(profile, out, session);
    auto const encoding = chosen_encoding(profile, out);
    check_codec_rate(out, encoding.codec, *out.sample_rate_hz);
    if (profile.is_cd && encoding.codec != "pcm_16") {
        refuse(out, "codec", "must be pcm_16: a CD has 16 bits");
    }
    if (profile.is_stems && encoding.bits != kFloatBits) {
        refuse(out, "bit_depth", "must be \"float\": stems have to add up exactly");
    }
    out.container = std::string{encoding.container};
    out.codec = std::string{encoding.codec};
    bool const is_integer = encoding.bits != 0 && encoding.bits != kFloatBits;
    out.bit_depth = encoding.bits != 0 ? std::optional{encoding.bits} : std::nullopt;
    auto const usual = profile.dither == Dither::none ? Dither::tpdf : profile.dither;
    out.dither = is_integer ? wish.dither.value_or(usual) : Dither::none;
    out.seed = wish.seed.value_or(1);
    check_metadata(profile, out);
    check_side(profile, out);
    return out;
}

} // namespace stemlathe
