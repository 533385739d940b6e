#include "host/report/pdf/fonts.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

namespace stemlathe {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kFontFiles{
    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"};

std::optional<std::vector<fs::path>> fonts_in(fs::path const& folder) {
    std::vector<fs::path> files;
    files.reserve(kFontFiles.size());
    for (auto const name : kFontFiles) {
        files.push_back(folder / name);
    }
    std::error_code error;
    bool const are_there = std::ranges::all_of(files, [&](fs::path const& file) {
        return fs::is_regular_file(file, error);
    });
    return are_there ? std::optional{std::move(files)} : std::nullopt;
}

} // namespace

std::optional<std::vector<fs::path>> find_fonts() {
    std::error_code error;
    auto const program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        if (auto fonts = fonts_in(program.parent_path().parent_path() / "share/fonts")) {
            return fonts;
        }
    }
    return fonts_in(STEMLATHE_FONT_FOLDER);
}

} // namespace stemlathe
