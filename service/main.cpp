#include "formats/jail/confinement.hpp"
#include "service/cli/command_line.hpp"
#include "service/cli/failure_report.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

int run(std::vector<std::string> const& words) {
    try {
        return stemlathe::service::run_command_line(words);
    } catch (std::exception const& failure) {
        return stemlathe::service::report_failure(failure, stemlathe::service::wants_json(words));
    }
}

} // namespace

int main(int argc, char** argv) {
    // A closed pipe and a limit on file size are failures in words, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    std::vector<std::string> const words{argv + 1, argv + argc};
    int const code = run(words);
    if (stemlathe::has_unsandboxed_decoder()) {
        std::fputs(
            "stemlathe: audio was decoded without a sandbox, which this system cannot provide and "
            "STEMLATHE_ALLOW_UNSANDBOXED_DECODERS=1 allowed; a hostile file could have done harm\n",
            stderr
        );
    }
    return code;
}
