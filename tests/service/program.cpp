#include "tests/service/program.hpp"

#include "formats/writer.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/parse.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <span>
#include <stdexcept>

namespace stemlathe::test {

namespace {

std::filesystem::path program_path() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "stemlathe";
}

void redirect(std::filesystem::path const& file, int descriptor) {
    int const opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ::dup2(opened, descriptor);
    ::close(opened);
}

} // namespace

boost::json::value Outcome::json() const {
    boost::json::error_code error;
    auto const value = boost::json::parse(out, error);
    EXPECT_FALSE(error) << "stdout is not JSON alone: " << out << "\nstderr: " << err;
    return value;
}

Program::Program(std::vector<std::string> const& words, std::function<void()> const& before_start) {
    auto name = (std::filesystem::temp_directory_path() / "stemlathe-run-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error{"cannot make a temporary folder"};
    }
    folder_ = name;
    auto const program = program_path().string();
    std::vector<char const*> arguments{program.c_str()};
    for (auto const& word : words) {
        arguments.push_back(word.c_str());
    }
    arguments.push_back(nullptr);
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error{"cannot make a pipe"};
    }
    err_pipe_ = pipe[0];
    child_ = ::fork();
    if (child_ == 0) {
        redirect(folder_ / "out", STDOUT_FILENO);
        ::dup2(pipe[1], STDERR_FILENO);
        if (before_start) {
            before_start();
        }
        ::execv(program.c_str(), const_cast<char* const*>(arguments.data()));
        ::_exit(127);
    }
    ::close(pipe[1]);
}

Program::~Program() {
    if (child_ > 0) {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    ::close(err_pipe_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void Program::send(int signal) const {
    ::kill(child_, signal);
}

bool Program::read_err() {
    std::array<char, 4096> piece{};
    auto const got = ::read(err_pipe_, piece.data(), piece.size());
    if (got > 0) {
        err_.append(piece.data(), static_cast<std::size_t>(got));
    }
    return got > 0;
}

bool Program::await(std::string const& word) {
    while (err_.find(word) == std::string::npos) {
        if (!read_err()) {
            return false;
        }
    }
    return true;
}

Outcome Program::outcome() {
    while (read_err()) {
    }
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return {
        .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
        .out = read_file(folder_ / "out"),
        .err = err_};
}

Outcome
run_stemlathe(std::vector<std::string> const& words, std::function<void()> const& before_start) {
    Program program{words, before_start};
    return program.outcome();
}

void write_stem(
    std::filesystem::path const& path, double seconds, double level_dbfs, std::uint64_t seed
) {
    std::filesystem::create_directories(path.parent_path());
    auto const frames = static_cast<std::int64_t>(seconds * 48'000.0);
    auto const noise = pink_noise({.level_dbfs = level_dbfs, .frames = frames, .seed = seed});
    EncodeSettings settings;
    settings.input = SampleFormat::float_32;
    settings.frames_expected = frames;
    Writer writer{path, settings};
    writer.write({.bytes = std::as_bytes(std::span{noise}), .frames = frames});
    writer.finish();
}

void write_session(std::filesystem::path const& folder, double seconds) {
    write_stem(folder / "01_Drums.wav", seconds, -20.0, 1);
    write_stem(folder / "02_Vocals.wav", seconds, -23.0, 2);
}

} // namespace stemlathe::test
