#include "tests/service/program.hpp"

#include "formats/writer.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/parse.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <span>
#include <stdexcept>

namespace stemlathe::test {

namespace {

constexpr int kProgramLooks = 12'000; // one each 5 ms: a minute

std::filesystem::path program_path(std::string const& name) {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
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

Program::Program(
    std::vector<std::string> const& words,
    std::function<void()> const& before_start,
    std::string const& name
) {
    auto folder = (std::filesystem::temp_directory_path() / "stemlathe-run-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
        throw std::runtime_error{"cannot make a temporary folder"};
    }
    folder_ = folder;
    auto const program = program_path(name).string();
    std::vector<char const*> arguments{program.c_str()};
    for (auto const& word : words) {
        arguments.push_back(word.c_str());
    }
    arguments.push_back(nullptr);
    child_ = ::fork();
    if (child_ == 0) {
        // Files, not pipes: who waits for one program must not keep another from writing.
        redirect(folder_ / "out", STDOUT_FILENO);
        redirect(folder_ / "err", STDERR_FILENO);
        if (before_start) {
            before_start();
        }
        ::execv(program.c_str(), const_cast<char* const*>(arguments.data()));
        ::_exit(127);
    }
}

Program::~Program() {
    if (!has_ended()) {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void Program::send(int signal) const {
    ::kill(child_, signal);
}

std::string Program::err() const {
    return read_file(folder_ / "err");
}

bool Program::has_ended() {
    is_over_ = is_over_ || ::waitpid(child_, &status_, WNOHANG) != 0;
    return is_over_;
}

/// Waits for `state`. @returns false: it ended before
bool Program::becomes(std::function<bool()> const& state, std::string const& what) {
    for (int look = 0; look < kProgramLooks; ++look) {
        bool const is_last = has_ended(); // looked at before: what it wrote last counts
        if (state()) {
            return true;
        }
        if (is_last) {
            return false;
        }
        ::usleep(5'000);
    }
    ADD_FAILURE() << "no " << what << " within a minute; it wrote:\n" << err();
    return false;
}

bool Program::await(std::string const& word) {
    return becomes([&] { return err().find(word) != std::string::npos; }, "\"" + word + "\"");
}

std::string Program::printed_after(std::string const& word) {
    std::string rest;
    auto const is_there = [&] {
        auto const out = read_file(folder_ / "out");
        auto const at = out.find(word);
        auto const end = at == std::string::npos ? at : out.find('\n', at);
        if (end != std::string::npos) {
            rest = out.substr(at + word.size(), end - at - word.size());
        }
        return end != std::string::npos;
    };
    if (!becomes(is_there, "line with \"" + word + "\"")) {
        ADD_FAILURE() << "it did not print \"" << word << "\"; it wrote:\n" << err();
    }
    return rest;
}

Outcome Program::outcome() {
    for (int look = 0; !has_ended(); ++look) {
        if (look > 5 * kProgramLooks) {
            ADD_FAILURE() << "it does not end; it wrote:\n" << err();
            ::kill(child_, SIGKILL);
            ::waitpid(child_, &status_, 0);
            is_over_ = true;
        }
        ::usleep(5'000);
    }
    return {
        .exit_code = WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_),
        .out = read_file(folder_ / "out"),
        .err = err()};
}

Outcome run_stemlathe(
    std::vector<std::string> const& words,
    std::function<void()> const& before_start,
    std::string const& name
) {
    Program program{words, before_start, name};
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
