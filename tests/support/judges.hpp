#pragma once

#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe::test {

/// Programs of others that judge files. One that is not installed is left out; the test says so at
/// its end: `if (judges.are_missing()) GTEST_SKIP() << judges.missing();`
class Judges {
  public:
    /// What the program says, as a test's failure where it ends badly; nothing if it is missing.
    /// @param folder  where it runs, for programs that look for files there
    std::optional<std::string>
    ask(std::string const& command, std::filesystem::path const& folder = ".") {
        auto const program = command.substr(0, command.find(' '));
        if (run_program("command -v " + program)->exit_code != 0) {
            missing_.push_back(program);
            return std::nullopt;
        }
        auto const result = run_program("cd '" + folder.string() + "' && " + command);
        EXPECT_EQ(result->exit_code, 0) << command << "\n" << result->output;
        return result->output;
    }

    /// Whether it says every one of these words; a missing program is no reason to fail.
    void expect_words(
        std::string const& command,
        std::vector<std::string> const& words,
        std::filesystem::path const& folder = "."
    ) {
        auto const said = ask(command, folder);
        for (auto const& word : words) {
            if (said) {
                EXPECT_NE(said->find(word), std::string::npos)
                    << command << " does not say \"" << word << "\":\n"
                    << *said;
            }
        }
    }

    [[nodiscard]] bool are_missing() const noexcept {
        return !missing_.empty();
    }

    [[nodiscard]] std::string missing() const {
        std::string text = "not installed:";
        for (auto const& program : missing_) {
            text += " " + program;
        }
        return text;
    }

  private:
    std::vector<std::string> missing_{};
};

} // namespace stemlathe::test
