#include "host/vinyl/cut_checks.hpp"

#include "host/comments/clock.hpp"
#include "host/loudness/decode.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <utility>

namespace stemlathe {

namespace {

constexpr std::int64_t kChecked_frames = 16'384;

/// Plants want the bass below 150 to 300 Hz in phase; what is wide there lifts the stylus out.
constexpr double kBassWidth_db = -12.0;
constexpr double kBassCorrelation = 0.7;
constexpr double kCorrelation = 0.2;
constexpr double kSibilance_db = 6.0;

enum class Keep { under, over };

CutCheck limit_check(
    std::string code,
    std::optional<CutMoment> const& moment,
    Keep keep,
    double limit,
    std::string unit,
    std::string const& what,
    std::string const& advice
) {
    CutCheck out{.code = std::move(code), .limit = limit, .unit = std::move(unit)};
    if (!moment) {
        out.message = what + ": nothing there to measure";
        return out;
    }
    out.measured = moment->value;
    out.at_s = moment->at_s;
    out.passed = keep == Keep::under ? moment->value <= limit : moment->value >= limit;
    auto const unit_text = out.unit.empty() ? "" : " " + out.unit;
    out.message = fmt::format(
        "{} is {:.2f}{} at {}; {} {:g}{} is right for cutting",
        what,
        moment->value,
        unit_text,
        clock_text(moment->at_s),
        keep == Keep::under ? "at most" : "at least",
        limit,
        unit_text
    );
    if (!out.passed) {
        out.message += ". " + advice;
    }
    return out;
}

} // namespace

CutCheck side_length_check(SideFormat const& format, double minutes) {
    CutCheck out{
        .code = "side_length",
        .passed = minutes <= format.recommended_min,
        .measured = minutes,
        .limit = format.recommended_min,
        .unit = "min"};
    out.message = fmt::format(
        "a {} holds {:.1f} min well and {:.1f} at most; this is {:.1f} min",
        format.what,
        format.recommended_min,
        format.maximum_min,
        minutes
    );
    if (auto const level_db = cut_level_db(format, minutes)) {
        out.message += fmt::format(", to be cut at about {:+.1f} dB", *level_db);
    }
    if (minutes > format.maximum_min) {
        out.message += ". Split it, or take a larger side";
    } else if (!out.passed) {
        out.message += ". Expect a softer, noisier side, or take a larger one";
    }
    return out;
}

std::vector<CutCheck> judged(CutReading const& reading) {
    bool const cancels = reading.correlation && reading.correlation->value < 0.0;
    return {
        limit_check(
            "bass_width",
            reading.bass_width_db,
            Keep::under,
            kBassWidth_db,
            "dB",
            "the side signal against the mid, 20 to 150 Hz,",
            "Set low_end = {side_high_pass_hz=250, side_slope_db_oct=12}"
        ),
        limit_check(
            "bass_correlation",
            reading.bass_correlation,
            Keep::over,
            kBassCorrelation,
            "",
            "left with right below 300 Hz",
            "Set low_end = {side_high_pass_hz=250, side_slope_db_oct=12}, or narrow the stem"
        ),
        limit_check(
            "sibilance",
            reading.sibilance_db,
            Keep::under,
            kSibilance_db,
            "dB",
            "5 to 15 kHz over the middle, as the recording curve lifts it,",
            "De-ess the vocals or tame the cymbals there"
        ),
        limit_check(
            "correlation",
            reading.correlation,
            Keep::over,
            kCorrelation,
            "",
            "left with right",
            cancels ? "For a second they cancel in mono, and the groove is all depth: narrow the "
                      "stem that does it"
                    : "Narrow the widest stem there"
        )};
}

std::vector<CutCheck> cut_checks(
    std::filesystem::path const& file, SideFormat const& format, std::stop_token const& stop
) {
    Decoder decoder{file};
    auto const& info = decoder.info();
    CutMeter meter{info.rate_hz};
    for (;;) {
        if (stop.stop_requested()) {
            throw Failure{Code::cancelled, "stopped while checking " + file.string()};
        }
        auto const samples = decoder.next(kChecked_frames);
        if (samples.empty()) {
            break;
        }
        meter.add(samples);
    }
    auto checks = judged(meter.finish());
    double const minutes = static_cast<double>(info.frames) / info.rate_hz / 60.0;
    checks.push_back(side_length_check(format, minutes));
    return checks;
}

} // namespace stemlathe
