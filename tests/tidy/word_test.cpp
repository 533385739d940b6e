#include "tests/tidy/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <functional>

/// Words that must not stand in the code, and names that must be as agreed.
namespace stemlathe::test {

namespace {

using Files = std::function<bool(SourceFile const&)>;

/// Where `word` stands in the code of the files that `applies` picks.
std::vector<std::string> uses_of(std::string_view word, Files const& applies) {
    std::vector<std::string> found;
    for (auto const& file : source_files()) {
        if (applies(file) && code_of(file).find(word) != std::string::npos) {
            found.push_back(file.path + " uses " + std::string{word});
        }
    }
    return found;
}

bool everywhere(SourceFile const&) {
    return true;
}

TEST(Words, PrintingBelongsToTheCommandLine) {
    auto const below = [](SourceFile const& file) {
        return !file.is_in("service") && !file.is_in("bench");
    };
    for (auto const* word : {"std::cout", "std::cerr", "std::printf(", "fprintf("}) {
        auto found = uses_of(word, below);
        // An assertion that fails has nowhere else to go.
        std::erase(found, "kernels/base/assert.cpp uses fprintf(");
        std::erase_if(found, [](auto const& each) { return each.starts_with("tests/fuzz/"); });
        EXPECT_TRUE(found.empty()) << joined(found);
    }
}

TEST(Words, NamespacesAreSpeltOut) {
    auto const found = uses_of("using namespace", everywhere);
    EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(Words, NothingIsLeftToDoWithoutAnIssue) {
    std::vector<std::string> wrong;
    std::string const word = std::string{"TO"} + "DO";
    for (auto const& file : source_files()) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (file.lines[i].find(word) != std::string::npos &&
                file.lines[i].find('#') == std::string::npos) {
                wrong.push_back(file.path + ":" + std::to_string(i + 1));
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

TEST(Words, TestsNeverMeasureTime) {
    auto const in_tests = [](SourceFile const& file) {
        return file.is_in("tests");
    };
    for (auto const* word :
         {"steady_clock", "high_resolution_clock", "sleep_for", "system_clock"}) {
        auto const found = uses_of(word, in_tests);
        EXPECT_TRUE(found.empty()) << joined(found);
    }
}

TEST(Words, NothingIsDrawnAtRandom) {
    for (auto const* word : {"std::rand", "random_device", "mt19937"}) {
        auto const found = uses_of(word, everywhere);
        EXPECT_TRUE(found.empty()) << joined(found);
    }
}

/// Counters may be added to in any order; they are the ones that add a literal.
TEST(Words, SumsOfFloatsHaveAFixedOrder) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        auto const code = code_of(file);
        for (auto at = code.find("atomicAdd"); at != std::string::npos;
             at = code.find("atomicAdd", at + 1)) {
            auto const call = code.substr(at, code.find(';', at) - at);
            if (!call.ends_with("U)") && !call.ends_with("ULL)")) {
                wrong.push_back(file.path + ": " + call);
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

TEST(Words, NoFlagTradesAccuracyForSpeed) {
    std::vector<std::string> wrong;
    for (auto const& file : build_files()) {
        for (auto const* flag : {"use_fast_math", "-ffast-math", "-Ofast", "-funsafe-math"}) {
            if (file.text.find(flag) != std::string::npos) {
                wrong.push_back(file.path + " uses " + flag);
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

TEST(Words, KernelsAreNamedKernels) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        auto const code = code_of(file);
        for (auto at = code.find("__global__"); at != std::string::npos;
             at = code.find("__global__", at + 1)) {
            auto const open = code.find('(', at);
            // __launch_bounds__(256) stands between with a parenthesis of its own.
            auto const bounds = code.rfind("__launch_bounds__", open);
            auto const name_end = bounds != std::string::npos && bounds > at
                                      ? code.find('(', code.find(')', open))
                                      : open;
            if (code.substr(at, name_end - at).ends_with("_kernel") == false) {
                wrong.push_back(file.path + ": " + code.substr(at, name_end - at));
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

TEST(Words, EveryFailureCodeHasAName) {
    auto const find = [](std::string_view path) {
        return *std::ranges::find(source_files(), path, &SourceFile::path);
    };
    auto const header = code_of(find("kernels/base/failure.hpp"));
    auto const table = find("kernels/base/failure.cpp").text;
    auto const open = header.find('{', header.find("enum class Code"));
    std::string name;
    int codes = 0;
    for (char const c : header.substr(open + 1, header.find('}', open) - open)) {
        if (std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_') {
            name += c;
        } else if (!name.empty()) {
            EXPECT_NE(table.find("Code::" + name), std::string::npos) << name;
            name.clear();
            ++codes;
        }
    }
    EXPECT_GE(codes, 10) << "the enumeration was not found";
}

} // namespace

} // namespace stemlathe::test
