#include "host/masking/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace stemlathe {

namespace {

/// Two significant digits.
std::string frequency(double hz, bool in_khz) {
    if (in_khz) {
        return hz < 9950.0 ? fmt::format("{:.1f}", hz / 1000.0)
                           : fmt::format("{:.0f}", hz / 1000.0);
    }
    double const step = hz < 99.5 ? 1.0 : 10.0;
    return fmt::format("{:.0f}", std::round(hz / step) * step);
}

bool is_separator(char c) {
    return c == '_' || c == '-' || c == ' ' || c == '.';
}

} // namespace

std::string spoken_name(std::string const& file) {
    auto const dot = file.rfind('.');
    auto name = file.substr(0, dot == std::string::npos || dot == 0 ? file.size() : dot);
    auto const number =
        std::ranges::find_if(name, [](unsigned char c) { return std::isdigit(c) == 0; });
    if (number != name.end() && is_separator(*number)) { // the number that puts stems in order
        name.erase(name.begin(), std::find_if_not(number, name.end(), is_separator));
    }
    std::ranges::replace_if(name, is_separator, ' ');
    bool const says_nothing = name.find_first_not_of(' ') == std::string::npos;
    return says_nothing ? file : name;
}

std::string spoken_time(double seconds) {
    auto const tenths = std::llround(seconds * 10.0);
    return fmt::format("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10);
}

std::string spoken_range(double low_hz, double high_hz) {
    bool const in_khz = high_hz >= 995.0;
    if (in_khz && low_hz < 995.0) {
        return fmt::format("{} Hz to {} kHz", frequency(low_hz, false), frequency(high_hz, true));
    }
    return fmt::format(
        "{} to {} {}", frequency(low_hz, in_khz), frequency(high_hz, in_khz), in_khz ? "kHz" : "Hz"
    );
}

} // namespace stemlathe
