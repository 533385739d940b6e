#include "kernels/base/range.hpp"

#include "kernels/base/failure.hpp"

#include <cstdio>
#include <string>

namespace stemlathe {

namespace {

std::string in_words(double value) {
    char text[32] = {};
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

} // namespace

void require_in_range(std::string_view name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
        throw Failure{
            Code::invalid_plan,
            std::string{name} + " is " + in_words(value) + "; it must be between " + in_words(low) +
                " and " + in_words(high) + "."};
    }
}

} // namespace stemlathe
