#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// A line of a package's .md5 file.
struct Md5Line {
    std::string path{}; ///< relative to the list's own folder
    std::string md5{};  ///< 32 lower-case hexadecimal digits

    friend bool operator==(Md5Line const&, Md5Line const&) = default;
};

/// "<32 hex> *name" per file and line, as `md5sum -b` writes and `md5sum -c` and plants read it.
[[nodiscard]] std::string md5_list(std::vector<Md5Line> const& lines);

/// The lines of such a file. @throws Failure{unreadable} naming the line that is none
[[nodiscard]] std::vector<Md5Line> parse_md5_list(std::string_view text);

} // namespace stemlathe
