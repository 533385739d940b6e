#include "service/store/json_quote.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

std::string json_quote(std::string_view text) {
    std::string json{'"'};
    for (char const letter : text) {
        if (letter == '"' || letter == '\\') {
            json += '\\';
            json += letter;
        } else if (static_cast<unsigned char>(letter) < 0x20) {
            json += fmt::format("\\u{:04x}", static_cast<int>(letter));
        } else {
            json += letter;
        }
    }
    return json + '"';
}

} // namespace stemlathe::service
