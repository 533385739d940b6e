#include "host/report/html/words.hpp"

#include "host/plan/plan_toml.hpp"
#include "host/report/html/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace stemlathe::html {

namespace {

constexpr double kShort_s = 10.0; ///< of what lasts less, tenths of a second matter

std::string with_tenths(double seconds) {
    auto const tenths = static_cast<long>(std::lround(10.0 * seconds));
    return fmt::format("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10);
}

/// Where a bell is down to half its gain in dB: RBJ's Q.
std::string bell_range(EqualiserBand const& band) {
    double const half = 0.5 / band.q;
    double const root = std::sqrt(1.0 + half * half);
    return frequency_range(band.hz * (root - half), band.hz * (root + half));
}

std::string band_words(EqualiserBand const& band) {
    auto const gain = signed_figure(band.gain_db) + " dB";
    std::string name{name_of(band.type)};
    switch (band.type) {
    case EqualiserType::bell:
        return gain + " at " + bell_range(band);
    case EqualiserType::low_shelf:
        return gain + " below " + frequency(band.hz);
    case EqualiserType::high_shelf:
        return gain + " above " + frequency(band.hz);
    case EqualiserType::tilt:
        return name + " of " + gain;
    case EqualiserType::curve:
        return name;
    case EqualiserType::high_pass:
    case EqualiserType::low_pass:
    case EqualiserType::notch:
        break;
    }
    return name + " at " + frequency(band.hz);
}

std::string pan_words(double pan) {
    return fmt::format("{:.0f} % {}", 100.0 * std::abs(pan), pan < 0.0 ? "left" : "right");
}

/// "(bell, Q 1.3)" after the type of a band.
std::string shape_words(MaskingFix const& fix) {
    return fix.q ? fmt::format(" ({}, Q {})", escaped(fix.type), figure(fix.q))
                 : fmt::format(" ({})", escaped(fix.type));
}

} // namespace

std::string signed_figure(double value, int decimals) {
    auto text = figure(value, decimals);
    return value > 0.0 && std::isfinite(value) ? "+" + text : text;
}

std::string in_words(std::size_t count) {
    constexpr std::array<char const*, 13> kWords{
        "no",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve"};
    return count < kWords.size() ? kWords.at(count) : std::to_string(count);
}

std::string counted(std::size_t count, std::string_view thing) {
    return fmt::format("{} {}{}", in_words(count), thing, count == 1 ? "" : "s");
}

std::string capital(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    }
    return text;
}

std::string sentence(std::string const& text) {
    if (text.empty()) {
        return {};
    }
    bool const is_ended = std::string_view{".!?"}.find(text.back()) != std::string_view::npos;
    return escaped(capital(text)) + (is_ended ? "" : ".");
}

std::string time_range(double start_s, double end_s) {
    bool const is_whole_second = start_s == end_s && start_s == std::round(start_s);
    bool const is_short = end_s - start_s < kShort_s && !is_whole_second;
    auto const first = is_short ? with_tenths(start_s) : clock(start_s);
    auto const last = is_short ? with_tenths(end_s) : clock(end_s);
    return first == last ? first : first + " – " + last;
}

std::string frequency_range(double low_hz, double high_hz) {
    bool const same_unit = (low_hz >= 1000.0) == (high_hz >= 1000.0);
    if (!same_unit) {
        return frequency(low_hz) + " – " + frequency(high_hz);
    }
    bool const is_khz = low_hz >= 1000.0;
    auto const number = [&](double hz) {
        return is_khz ? std::round(hz / 100.0) / 10.0 : std::round(hz);
    };
    return fmt::format("{:g}–{:g} {}", number(low_hz), number(high_hz), is_khz ? "kHz" : "Hz");
}

std::string about_frequency(double hz) {
    double const step = hz >= 1000.0 ? 100.0 : 10.0;
    return frequency(std::round(hz / step) * step);
}

std::string fix_words(MaskingFix const& fix, std::string const& key, StemNames const& names) {
    auto out = names.of(fix.stem);
    if (fix.pan) {
        out += " panned " + pan_words(*fix.pan);
    }
    if (fix.gain_db) {
        out += " " + signed_figure(*fix.gain_db) + " dB";
    }
    if (fix.hz) {
        out += " at " + frequency(*fix.hz);
    }
    if (!fix.pan) {
        out += shape_words(fix);
    }
    return fix.dynamic ? out + ", keyed by " + names.of(key) : out;
}

std::string
region_words(std::string const& stem, RegionPlan const& region, StemNames const& names) {
    std::string what;
    if (region.gain_db != 0.0 || region.eq.empty()) {
        what = signed_figure(region.gain_db) + " dB";
    }
    for (auto const& planned : region.eq) {
        what += (what.empty() ? "" : " and ") + band_words(planned.band);
    }
    return names.of(stem) + " " + what + ", " + time_range(region.start_s, region.end_s);
}

} // namespace stemlathe::html
