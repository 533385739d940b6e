#include "service/executor/executor.hpp"

#include "service/cli/command.hpp"
#include "service/cli/common_options.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kExecutorHelp =
    R"(stemlathe executor [--device <name>] [--threads <n>]

Renders jobs that `stemlathe serve` hands to it over the socket on descriptor 3. The server starts
it; there is no use for it on a command line.

  --device <name>         auto, cpu, cuda or cuda:N. Default: auto, a usable GPU, else the CPU.
  --threads <n>           1 to 1024. Default: as many as the machine runs at once.

Example: [server] device = "cuda:0" in stemlathe.toml makes the server start one for that card.
)";

bool is_socket(int descriptor) {
    struct stat status {};

    return ::fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
}

int run(Words const& words) {
    CommonOptions options;
    Arguments arguments{"executor"};
    arguments.option("--device", options.device);
    arguments.option("--threads", options.threads);
    arguments.parse(words);
    if (!is_socket(kExecutorSocket)) {
        throw Failure{
            Code::invalid_argument,
            "stemlathe executor is started by `stemlathe serve`; to master a folder, use "
            "stemlathe master"};
    }
    return run_executor(
        {.device = options.device, .threads = options.thread_count()}, kExecutorSocket
    );
}

} // namespace

Command const kExecutorCommand{.name = "executor", .help = kExecutorHelp, .run = run};

} // namespace stemlathe::service
