#include "host/intake/words.hpp"

#include <fmt/format.h>

namespace stemlathe::intake {

std::string counted(std::int64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string in_places(std::int64_t count, double first_s) {
    return count == 1 ? fmt::format("at {:.2f} s", first_s)
                      : fmt::format("in {} places, the first at {:.2f} s", count, first_s);
}

} // namespace stemlathe::intake
