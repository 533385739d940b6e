#include "host/report/json_text.hpp"
#include "service/cli/arguments.hpp"
#include "service/cli/command.hpp"
#include "service/doctor/check.hpp"
#include "service/server/settings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::service {

namespace {

constexpr int kFails = 1;

constexpr std::string_view kDoctorHelp =
    R"(stemlathe doctor [--config <file>] [--data <dir>] [--listen <address>] [--json]

Says what is right and wrong with this machine for the service: processor and cards, memory, the
data folder and its disk, SQLite, the decoder and its jail, limits, clock, port, and where [tls]
names one, the certificate. Each line is ok, warn (it runs, with a loss that is named) or fail,
with a sentence that says what to do.

  --config <file>      stemlathe.toml, for what is not given here. Default: none
  --data <dir>         Where the service keeps everything. Default: var, as of serve
  --listen <address>   Address and port of the service. Default: 127.0.0.1:8080
  --json               An array of {"name", "verdict", "message"} on stdout, nothing else there.

Exit codes: 0 nothing fails, 1 something does, 2 the command line is wrong.

Example: stemlathe doctor --data /srv/stemlathe
)";

/// What is given comes before what the file says.
DoctorSettings
doctor_settings(std::string const& config, std::string const& data, std::string const& listen) {
    ServerSettings configured;
    if (!config.empty()) {
        read_config(config, configured);
    }
    auto const& http = configured.http;
    bool const is_v6 = http.address.find(':') != std::string::npos;
    return {
        .data = data.empty() ? configured.data : std::filesystem::path{data},
        .listen = listen.empty()
                      ? fmt::format(
                            "{}{}{}:{}", is_v6 ? "[" : "", http.address, is_v6 ? "]" : "", http.port
                        )
                      : listen,
        .tls = configured.tls};
}

int run_doctor(Words const& words) {
    bool as_json = false;
    std::string config;
    std::string data;
    std::string listen;
    Arguments arguments{"doctor"};
    arguments.option("--config", config);
    arguments.option("--data", data);
    arguments.option("--listen", listen);
    arguments.flag("--json", as_json);
    arguments.parse(words);
    auto const settings = doctor_settings(config, data, listen);
    auto const checks = examine(settings);
    boost::json::array list;
    for (auto const& check : checks) {
        if (as_json) {
            list.push_back(
                {{"name", check.name},
                 {"verdict", name_of(check.verdict)},
                 {"message", check.message}}
            );
        } else {
            fmt::print("{:<5} {:<12} {}\n", name_of(check.verdict), check.name, check.message);
        }
    }
    if (as_json) {
        fmt::print("{}", json_text(list));
    }
    bool const fails = std::ranges::any_of(checks, [](auto const& check) {
        return check.verdict == Verdict::fail;
    });
    return fails ? kFails : 0;
}

} // namespace

Command const kDoctorCommand{.name = "doctor", .help = kDoctorHelp, .run = run_doctor};

} // namespace stemlathe::service
