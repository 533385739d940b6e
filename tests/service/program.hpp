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
    explicit Program(
        std::vector<std::string> const& words, std::function<void()> const& before_start = {}
    );
    Program(Program const&) = delete;
    Program& operator=(Program const&) = delete;
    ~Program();

    void send(int signal) const;

    /// Waits until `word` stands in what it wrote to stderr. @returns false if it ended before
    [[nodiscard]] bool await(std::string const& word);

    /// Waits for its end.
    [[nodiscard]] Outcome outcome();

  private:
    /// @returns false at the end
    bool read_err();

    std::filesystem::path folder_;
    int err_pipe_ = -1;
    std::string err_{};
    pid_t child_ = -1;
};

/// Runs it to its end.
[[nodiscard]] Outcome run_stemlathe(
    std::vector<std::string> const& words, std::function<void()> const& before_start = {}
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
