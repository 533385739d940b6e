#include "service/http/percent.hpp"

#include "service/http/characters.hpp"

namespace stemlathe::service {

std::string percent_encoded(std::string_view text, std::string_view plain) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    constexpr std::string_view kUnreserved = "-._~";
    std::string encoded;
    for (char const c : text) {
        if (is_alphanumeric(c) || kUnreserved.find(c) != std::string_view::npos ||
            plain.find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            encoded += '%';
            encoded += kDigits[byte >> 4U];
            encoded += kDigits[byte & 15U];
        }
    }
    return encoded;
}

} // namespace stemlathe::service
