#include "service/api/filename.hpp"

#include "host/utf8.hpp"

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

/// Marks that reorder or hide letters: a name must not look like another (Unicode TR 36, 2.10).
constexpr std::array<std::string_view, 12> kHidden{
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202b",
    "\u202c",
    "\u202d",
    "\u202e",
    "\u2066",
    "\ufeff"};

} // namespace

bool is_plain_filename(std::string_view name) noexcept {
    if (name.empty() || name.size() > kFilenameBytesMax || name == "." || name == "..") {
        return false;
    }
    bool const has_wrong_byte = std::ranges::any_of(name, [](char c) {
        return c == '/' || c == '\\' || static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    });
    bool const hides = std::ranges::any_of(kHidden, [&](std::string_view mark) {
        return name.find(mark) != std::string_view::npos;
    });
    return !has_wrong_byte && !hides && valid_utf8(name) == name;
}

} // namespace stemlathe::service
