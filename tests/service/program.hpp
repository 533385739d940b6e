#pragma once

#include <boost/json/value.hpp>
#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace stemlathe::test {

/// What a run of the program left.
struct Outcome {
    int exit_code = -1; ///< -signal where one ended it
    std::string out{};
    std::string err{};

    /// stdout as JSON; a test failure and null where it holds anything else.
    [[nodiscard]] boost::json::value json() const;
};

/// The built `stemlathe`, running. It lies beside the test program.
class Program {
  public:
    /// @param before_start  runs in the child before the program does: limits, signals
    /// @param name  of another program that lies there, or a whole path
    explicit Program(
        std::vector<std::string> const& words,
        std::function<void()> const& before_start = {},
        std::string const& name = "stemlathe"
    );
    Program(Program const&) = delete;
    Program& operator=(Program const&) = delete;
    ~Program();

    void send(int signal) const;

    [[nodiscard]] pid_t pid() const noexcept {
        return child_;
    }

    /// Waits until `word` stands in what it wrote to stderr. @returns false if it ended before, or
    /// said nothing of the kind for a minute, which is a test failure
    [[nodiscard]] bool await(std::string const& word);

    /// Waits for what it prints behind `word`, to the end of the line. Empty, and a test failure
    /// with its stderr, where it ended before or does not within a minute.
    [[nodiscard]] std::string printed_after(std::string const& word);

    /// Waits for its end; one that does not come within five minutes is a test failure.
    [[nodiscard]] Outcome outcome();

    /// What it has written to stderr so far.
    [[nodiscard]] std::string err() const;

  private:
    [[nodiscard]] bool has_ended();
    bool becomes(std::function<bool()> const& state, std::string const& what);

    std::filesystem::path folder_;
    pid_t child_ = -1;
    int status_ = -1; ///< of its end
    bool is_over_ = false;
};

/// Runs it to its end.
[[nodiscard]] Outcome run_stemlathe(
    std::vector<std::string> const& words,
    std::function<void()> const& before_start = {},
    std::string const& name = "stemlathe"
);

/// One stereo stem of pink noise, 32-bit float at 48 kHz.
void write_stem(
    std::filesystem::path const& path,
    double seconds,
    double level_dbfs = -20.0,
    std::uint64_t seed = 1
);

/// A session of two noise stems, 01_Drums.wav and 02_Vocals.wav.
void write_session(std::filesystem::path const& folder, double seconds = 2.0);

} // namespace stemlathe::test
