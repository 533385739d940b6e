#include "service/cli/arguments.hpp"

#include "host/toml/nearest_name.hpp"
#include "kernels/base/failure.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace stemlathe::service {

namespace {

template <typename Number>
std::optional<Number> parsed(std::string const& text) {
    Number number{};
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}

/// A list given as "a,b" or as two options is the same list.
std::vector<std::string> split_at_commas(std::vector<std::string> const& parts) {
    std::vector<std::string> items;
    for (auto const& part : parts) {
        for (auto const& item : CLI::detail::split(part, ',')) {
            if (auto const name = CLI::detail::trim_copy(item); !name.empty()) {
                items.push_back(name);
            }
        }
    }
    return items;
}

} // namespace

Arguments::Arguments(std::string_view command)
    : command_(command), app_(std::make_unique<CLI::App>()) {
    app_->set_help_flag(); // help is written by hand and asked for before
    app_->allow_extras();
}

Arguments::~Arguments() = default;

void Arguments::flag(std::string_view name, bool& into) {
    names_.emplace_back(name);
    app_->add_flag(std::string{name}, into);
}

void Arguments::option(std::string_view name, std::string& into) {
    names_.emplace_back(name);
    app_->add_option(std::string{name}, into)->take_last();
}

void Arguments::list(std::string_view name, std::vector<std::string>& into) {
    names_.emplace_back(name);
    lists_.push_back(&into);
    app_->add_option(std::string{name}, into)->allow_extra_args(false);
}

void Arguments::positional(std::string_view name, std::string& into) {
    app_->add_option(std::string{name}, into);
}

void Arguments::positionals(std::string_view name, std::vector<std::string>& into) {
    app_->add_option(std::string{name}, into);
}

void Arguments::parse(Words const& words) {
    Words reversed{words.rbegin(), words.rend()}; // as CLI11 takes them
    try {
        app_->parse(reversed);
    } catch (CLI::ParseError const& error) {
        std::string const what = error.what();
        auto const option = what.substr(0, what.find(':'));
        throw Failure{
            Code::invalid_argument,
            fmt::format("{} needs a value; see stemlathe {} --help", option, command_)}
            .about_key(option);
    }
    refuse_extras();
    for (auto* const items : lists_) {
        *items = split_at_commas(*items);
    }
}

void Arguments::refuse_extras() const {
    auto const extras = app_->remaining();
    if (extras.empty()) {
        return;
    }
    auto const& extra = extras.front();
    if (!extra.starts_with('-')) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "stemlathe {} does not know what to do with \"{}\"; see stemlathe {} --help",
                command_,
                extra,
                command_
            )}
            .about_key(extra);
    }
    auto const name = extra.substr(0, extra.find('='));
    std::vector<std::string_view> const known{names_.begin(), names_.end()};
    throw Failure{
        Code::invalid_argument,
        fmt::format("stemlathe {} has no option {}{}", command_, name, suggestion(name, known))}
        .about_key(name);
}

void refuse_value(std::string_view option, std::string const& value, std::string_view must_be) {
    throw Failure{
        Code::invalid_argument, fmt::format("{} is \"{}\"; it must be {}", option, value, must_be)}
        .about_key(std::string{option});
}

std::optional<double> number_of(
    std::string_view option, std::string const& text, double low, double high, std::string_view unit
) {
    if (text.empty()) {
        return std::nullopt;
    }
    auto const number = parsed<double>(text);
    if (!number || !(*number >= low && *number <= high)) {
        refuse_value(option, text, fmt::format("a number from {} to {} {}", low, high, unit));
    }
    return number;
}

std::optional<std::int64_t>
whole_of(std::string_view option, std::string const& text, std::int64_t low, std::int64_t high) {
    if (text.empty()) {
        return std::nullopt;
    }
    auto const number = parsed<std::int64_t>(text);
    if (!number || *number < low || *number > high) {
        refuse_value(option, text, fmt::format("a whole number from {} to {}", low, high));
    }
    return number;
}

void require(std::string_view command, std::string_view what, bool is_given) {
    if (!is_given) {
        throw Failure{
            Code::invalid_argument,
            fmt::format("stemlathe {} needs {}; see stemlathe {} --help", command, what, command)}
            .about_key(std::string{what.substr(0, what.find(' '))});
    }
}

} // namespace stemlathe::service
