#include "host/report/html/text.hpp"

#include "host/utf8.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace stemlathe::html {

std::string escaped(std::string_view text) {
    std::string out;
    for (char const c : valid_utf8(text)) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out += static_cast<unsigned char>(c) < 0x20U ? ' ' : c;
        }
    }
    return out;
}

std::string figure(std::optional<double> value, int decimals) {
    if (!value || !std::isfinite(*value)) {
        return "–";
    }
    auto text = fmt::format("{:.{}f}", std::abs(*value), decimals);
    bool const is_zero = text.find_first_not_of("0.") == std::string::npos;
    return *value < 0.0 && !is_zero ? "−" + text : text;
}

std::string clock(double seconds) {
    auto const whole = static_cast<long>(std::lround(seconds));
    if (whole >= 3600) {
        return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    }
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string frequency(double hz) {
    return hz >= 1000.0 ? fmt::format("{:g} kHz", std::round(hz / 10.0) / 100.0)
                        : fmt::format("{:.0f} Hz", hz);
}

std::string size(double bytes) {
    constexpr std::array<char const*, 4> kUnits{"B", "kB", "MB", "GB"};
    std::size_t unit = 0;
    while (bytes >= 1000.0 && unit + 1 < kUnits.size()) {
        bytes /= 1000.0;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, kUnits.at(unit));
}

} // namespace stemlathe::html
