#pragma once

#include "service/cli/command.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace stemlathe::service {

/// The words behind one command, as the options that it knows. Values stay text until a reader
/// below turns them into numbers, so that every complaint can name the option, the value and what
/// would be right.
class Arguments {
  public:
    explicit Arguments(std::string_view command);
    Arguments(Arguments const&) = delete;
    Arguments& operator=(Arguments const&) = delete;
    ~Arguments();

    void flag(std::string_view name, bool& into);
    /// The last one counts where it is given twice.
    void option(std::string_view name, std::string& into);
    /// May be given several times, and each may hold several values with commas between.
    void list(std::string_view name, std::vector<std::string>& into);
    void positional(std::string_view name, std::string& into);
    /// All words that belong to no option.
    void positionals(std::string_view name, std::vector<std::string>& into);

    /// @throws Failure{invalid_argument} that names the nearest option
    void parse(Words const& words);

    [[nodiscard]] std::string_view command() const noexcept {
        return command_;
    }

  private:
    void refuse_extras() const;

    std::string_view command_;
    std::unique_ptr<CLI::App> app_;
    std::vector<std::string> names_;
    std::vector<std::vector<std::string>*> lists_;
};

/// Failure{invalid_argument} about an option's value: "--threads is "x"; <what it must be>".
[[noreturn]] void
refuse_value(std::string_view option, std::string const& value, std::string_view must_be);

/// A number of an option, or nothing where it was not given.
[[nodiscard]] std::optional<double> number_of(
    std::string_view option, std::string const& text, double low, double high, std::string_view unit
);

[[nodiscard]] std::optional<std::int64_t>
whole_of(std::string_view option, std::string const& text, std::int64_t low, std::int64_t high);

/// @throws Failure{invalid_argument} "stemlathe master needs --out <dir>; ..."
void require(std::string_view command, std::string_view what, bool is_given);

} // namespace stemlathe::service
