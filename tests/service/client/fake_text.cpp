#include "tests/service/client/fake_text.hpp"

#include "formats/checksum.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <span>

namespace stemlathe::test {

std::string digest_of(std::string_view bytes) {
    Sha256 hash;
    hash.update(std::as_bytes(std::span{bytes}));
    return hash.finish();
}

std::string decoded(std::string const& base64) {
    std::string text(base64.size(), '\0');
    auto const length = EVP_DecodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<unsigned char const*>(base64.data()),
        static_cast<int>(base64.size())
    );
    auto const padding = std::count(base64.begin(), base64.end(), '=');
    text.resize(static_cast<std::size_t>(std::max<std::ptrdiff_t>(length - padding, 0)));
    return text;
}

std::string in_hexadecimal(std::string const& bytes) {
    std::string text;
    for (unsigned char const byte : bytes) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 15U];
    }
    return text;
}

/// "name base64,name base64"
std::string metadata_value(std::string const& field, std::string const& name) {
    auto const at = field.find(name + " ");
    if (at == std::string::npos) {
        return "";
    }
    auto const begin = at + name.size() + 1;
    return decoded(field.substr(begin, field.find(',', begin) - begin));
}

std::size_t number_in(std::string const& text) {
    return text.empty() ? 0 : std::stoul(text);
}

std::string unescaped(std::string const& path) {
    std::string text;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] == '%') {
            text += static_cast<char>(std::stoi(path.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            text += path[i];
        }
    }
    return text;
}

} // namespace stemlathe::test
