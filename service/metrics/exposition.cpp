#include "service/metrics/exposition.hpp"

#include <fmt/format.h>

#include <cmath>

namespace stemlathe::service {

namespace {

/// The shortest text that reads back as the same number.
std::string number_text(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0.0 ? "+Inf" : "-Inf";
    }
    return fmt::format("{}", value);
}

/// As a label's value wants it; of a help's text `"` stays.
std::string escaped(std::string_view text, bool is_value) {
    std::string escaped;
    for (char const letter : text) {
        if (letter == '\n') {
            escaped += "\\n";
        } else if (letter == '\\' || (letter == '"' && is_value)) {
            escaped += '\\';
            escaped += letter;
        } else {
            escaped += letter;
        }
    }
    return escaped;
}

} // namespace

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, escaped(help, false), type);
}

void Exposition::sample(double value, std::span<Label const> labels, std::string_view suffix) {
    text_ += name_;
    text_ += suffix;
    char before = '{';
    for (auto const& [label, words] : labels) {
        text_ += fmt::format("{}{}=\"{}\"", before, label, escaped(words, true));
        before = ',';
    }
    text_ += labels.empty() ? " " : "} ";
    text_ += number_text(value) + "\n";
}

void Exposition::gauge(std::string_view name, std::string_view help, double value) {
    family(name, "gauge", help);
    sample(value);
}

} // namespace stemlathe::service
