#include "service/cli/command_line.hpp"
#include "service/cli/failure_report.hpp"

#include <csignal>
#include <exception>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    // A closed pipe and a limit on file size are failures in words, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    std::vector<std::string> const words{argv + 1, argv + argc};
    try {
        return stemlathe::service::run_command_line(words);
    } catch (std::exception const& failure) {
        return stemlathe::service::report_failure(failure, stemlathe::service::wants_json(words));
    }
}
