#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

/// Figures for operators, in the text format that Prometheus reads (version 0.0.4).
namespace stemlathe::service {

/// A label's name and value.
using Label = std::pair<std::string_view, std::string_view>;

/// Writes the text format, family by family: the lines of one follow each other.
class Exposition {
  public:
    /// Begins a family. @param type  counter, gauge or histogram
    void family(std::string_view name, std::string_view type, std::string_view help);

    /// A sample of the family that was begun. @param suffix  "", "_bucket", "_sum", "_count"
    void sample(double value, std::span<Label const> labels = {}, std::string_view suffix = "");

    /// A family of one gauge without labels.
    void gauge(std::string_view name, std::string_view help, double value);

    [[nodiscard]] std::string take() && {
        return std::move(text_);
    }

  private:
    std::string name_;
    std::string text_;
};

} // namespace stemlathe::service
