#include "tests/tidy/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

/// How long things may be, and that nothing lies about unused.
namespace stemlathe::test {

namespace {

constexpr std::size_t kLineMax = 100;
constexpr std::size_t kFunctionLinesMax = 70;
constexpr std::size_t kTestLinesMax = 120; // some are a list of keys, one a line
constexpr std::size_t kFileLinesMax = 400;

/// The formatter breaks comments; texts may be longer where they must not be broken.
TEST(Shape, LinesFitAScreen) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        auto const lines = code_lines_of(file);
        bool is_formatted = true;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            is_formatted = file.lines[i].find("// clang-format o") == std::string::npos
                               ? is_formatted
                               : file.lines[i].ends_with("on");
            if (lines[i].size() > kLineMax && is_formatted) {
                wrong.push_back(file.path + ":" + std::to_string(i + 1));
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

TEST(Shape, FilesHaveOneIdea) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        if (file.lines.size() > kFileLinesMax) {
            wrong.push_back(file.path + " has " + std::to_string(file.lines.size()) + " lines");
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

/// The formatter puts a free function's first line and its closing brace at the margin.
TEST(Shape, FunctionsFitAScreen) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        std::size_t length = 0;
        std::size_t opened_at = 0;
        bool is_function = false;
        auto const lines = code_lines_of(file);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            auto const& line = lines[i];
            length += line.find_first_not_of(' ') != std::string::npos ? 1 : 0;
            if (!line.empty() && line[0] != ' ' && line.ends_with('{')) {
                opened_at = i;
                length = 0;
                is_function = line.find(')') != std::string::npos;
            } else if (line == "}" && is_function) {
                if (length > (file.is_in("tests") ? kTestLinesMax : kFunctionLinesMax)) {
                    wrong.push_back(file.path + ":" + std::to_string(opened_at + 1));
                }
                is_function = false;
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

/// A source file is named, from the folder of the CMake file that names it, in the build.
TEST(Build, NamesEverySource) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        bool const is_fuzzer =
            file.is_in("tests/fuzz") && file.has_extension("_fuzz.cpp"); // ${name}_fuzz
        if ((!file.has_extension(".cpp") && !file.has_extension(".cu")) || is_fuzzer) {
            continue;
        }
        bool const named = std::ranges::any_of(build_files(), [&](SourceFile const& build) {
            // sources.cmake is included from the folder above its own.
            auto const folder = build.path.substr(0, build.path.find_last_of('/'));
            auto const above = folder.substr(0, folder.find_last_of('/'));
            return std::ranges::any_of(std::vector{folder, above}, [&](std::string const& from) {
                if (!file.path.starts_with(from + "/")) {
                    return false;
                }
                auto const relative = file.path.substr(from.size() + 1);
                return build.text.find(relative) != std::string::npos;
            });
        });
        if (!named) {
            wrong.push_back(file.path + " is in no CMakeLists.txt");
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

/// A stage whose CUDA driver is listed is finished: then it has all its parts.
TEST(Stages, HaveReferenceTestAndBench) {
    std::filesystem::path const root{STEMLATHE_SOURCE_DIR};
    auto const sources =
        std::ranges::find(build_files(), "kernels/cuda/sources.cmake", &SourceFile::path);
    ASSERT_NE(sources, build_files().end());
    std::vector<std::string> missing;
    for (auto const& line : sources->lines) {
        auto const slash = line.find('/');
        if (slash == std::string::npos || !line.ends_with("_cuda.cu")) {
            continue;
        }
        auto const first = line.find_first_not_of(' ');
        auto const folder = line.substr(first, slash - first);
        auto const file = line.substr(slash + 1, line.size() - slash - 1 - 8);
        if (!std::filesystem::exists(root / ("kernels/" + folder + "/" + file + "_cpu.cpp"))) {
            continue; // a tool of the CUDA drivers, not a stage
        }
        // Two stages of one folder may share a reference or a bench.
        for (std::string const kind :
             {"tests/kernels/*_test.cpp",
              "tests/reference/*_reference.hpp",
              "bench/kernels/*_bench.cpp"}) {
            auto const named = [&](std::string const& name) {
                return std::string{kind}.replace(kind.find('*'), 1, name);
            };
            if (!std::filesystem::exists(root / named(file)) &&
                !std::filesystem::exists(root / named(folder))) {
                missing.push_back(named(file));
            }
        }
    }
    EXPECT_TRUE(missing.empty()) << joined(missing);
}

TEST(Folders, SayWhatTheyAre) {
    std::filesystem::path const root{STEMLATHE_SOURCE_DIR};
    for (auto const* folder : {"kernels", "formats", "host", "service", "tests", "bench"}) {
        EXPECT_TRUE(std::filesystem::exists(root / folder / "README.md")) << folder;
    }
}

} // namespace

} // namespace stemlathe::test
