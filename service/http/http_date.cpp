#include "service/http/http_date.hpp"

#include <array>

namespace stemlathe::service {

std::string http_date(std::time_t at_s) {
    std::tm parts{};
    ::gmtime_r(&at_s, &parts);
    std::array<char, 40> text{};
    auto const length =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), length};
}

} // namespace stemlathe::service
