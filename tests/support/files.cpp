#include "tests/support/files.hpp"

#include "tests/support/temp_folder.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace stemlathe::test {

std::vector<std::byte> read_bytes(std::filesystem::path const& path) {
    auto const text = read_file(path);
    std::vector<std::byte> bytes(text.size());
    std::ranges::transform(text, bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
    return bytes;
}

void write_bytes(std::filesystem::path const& path, std::vector<std::byte> const& bytes) {
    write_file(path, {reinterpret_cast<char const*>(bytes.data()), bytes.size()});
}

std::optional<ProgramResult> run_program(std::string const& command) {
    auto const program = command.substr(0, command.find(' '));
    if (std::system(("command -v " + program + " >/dev/null").c_str()) != 0) {
        return std::nullopt;
    }
    ProgramResult result;
    FILE* const pipe = ::popen(("{ " + command + "; } 2>&1 </dev/null").c_str(), "r");
    if (pipe == nullptr) {
        return std::nullopt;
    }
    std::array<char, 4096> block{};
    while (auto const got = std::fread(block.data(), 1, block.size(), pipe)) {
        result.output.append(block.data(), got);
    }
    int const status = ::pclose(pipe);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

std::optional<Failure> failure_of(std::function<void()> const& action) {
    try {
        action();
    } catch (Failure const& failure) {
        return failure;
    }
    return std::nullopt;
}

::testing::AssertionResult
fails_with(Code code, std::string_view words, std::function<void()> const& action) {
    auto const failure = failure_of(action);
    if (!failure) {
        return ::testing::AssertionFailure() << "it did not fail";
    }
    std::string_view const sentence{failure->what()};
    if (failure->code() != code || sentence.find(words) == std::string_view::npos) {
        return ::testing::AssertionFailure()
               << name_of(failure->code()) << ": " << sentence << "\nexpected " << name_of(code)
               << " with the words: " << words;
    }
    return ::testing::AssertionSuccess() << sentence;
}

} // namespace stemlathe::test
