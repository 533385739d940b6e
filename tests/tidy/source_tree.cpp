#include "tests/tidy/source_tree.hpp"

#include "tests/support/temp_folder.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace stemlathe::test {

namespace {

std::filesystem::path const kRoot{STEMLATHE_SOURCE_DIR};
constexpr std::array kFolders{"kernels", "formats", "host", "service", "tests", "bench"};

std::vector<std::string> lines_of(std::string const& text) {
    std::istringstream in{text};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

SourceFile load(std::filesystem::path const& path) {
    SourceFile file{.path = path.lexically_relative(kRoot).string(), .text = read_file(path)};
    file.lines = lines_of(file.text);
    return file;
}

template <typename Wanted>
std::vector<SourceFile> files_where(Wanted wanted) {
    std::vector<SourceFile> files;
    for (auto const* folder : kFolders) {
        if (!std::filesystem::exists(kRoot / folder)) {
            continue;
        }
        for (auto const& entry : std::filesystem::recursive_directory_iterator{kRoot / folder}) {
            if (entry.is_regular_file() && wanted(entry.path())) {
                files.push_back(load(entry.path()));
            }
        }
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

bool is_source(std::filesystem::path const& path) {
    constexpr std::array kExtensions{".hpp", ".cpp", ".cuh", ".cu"};
    return std::ranges::find(kExtensions, path.extension().string()) != kExtensions.end();
}

bool is_build_file(std::filesystem::path const& path) {
    return path.filename() == "CMakeLists.txt" || path.extension() == ".cmake";
}

/// The first place from `at` on that ends the comment or literal which begins there; `at` itself
/// where neither does.
std::size_t end_of_prose(std::string const& text, std::size_t at) {
    auto const behind = [&](std::string_view mark, std::size_t from) {
        auto const found = text.find(mark, from);
        return found == std::string::npos ? text.size() : found + mark.size();
    };
    std::string_view const rest{text.data() + at, text.size() - at};
    if (rest.starts_with("//")) {
        return std::min(text.find('\n', at), text.size());
    }
    if (rest.starts_with("/*")) {
        return behind("*/", at + 2);
    }
    if (rest.starts_with("R\"(")) {
        return behind(")\"", at + 3);
    }
    if (rest.starts_with("\"")) {
        auto end = at + 1;
        while (end < text.size() && text[end] != '"') {
            end += text[end] == '\\' ? 2 : 1;
        }
        return std::min(end + 1, text.size());
    }
    return at;
}

} // namespace

std::vector<SourceFile> const& source_files() {
    static auto const files = files_where(is_source);
    return files;
}

std::vector<SourceFile> const& build_files() {
    static auto const files = files_where(is_build_file);
    return files;
}

std::string code_of(SourceFile const& file) {
    std::string code;
    for (std::size_t at = 0; at < file.text.size();) {
        bool const is_character = file.text.compare(at, 3, "'\"'") == 0;
        auto const end = is_character ? at : end_of_prose(file.text, at);
        if (end > at) {
            code += ' ';
            code.append(
                static_cast<std::size_t>(std::count(&file.text[at], &file.text[0] + end, '\n')),
                '\n'
            );
            at = end;
        } else {
            auto const count = is_character ? std::size_t{3} : std::size_t{1};
            code.append(file.text, at, count);
            at += count;
        }
    }
    return code;
}

std::vector<std::string> code_lines_of(SourceFile const& file) {
    return lines_of(code_of(file));
}

std::vector<std::string> includes_of(SourceFile const& file) {
    constexpr std::string_view kInclude = "#include ";
    std::vector<std::string> includes;
    for (auto const& line : file.lines) {
        if (line.starts_with(kInclude)) {
            auto const end = line.find_first_of(">\"", kInclude.size() + 1);
            includes.push_back(line.substr(kInclude.size(), end + 1 - kInclude.size()));
        }
    }
    return includes;
}

std::string joined(std::vector<std::string> const& complaints) {
    std::string text;
    for (auto const& complaint : complaints) {
        text += complaint + "\n";
    }
    return text;
}

} // namespace stemlathe::test
