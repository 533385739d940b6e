#include "host/report/json_text.hpp"
#include "kernels/backend.hpp"
#include "service/cli/arguments.hpp"
#include "service/cli/command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kDevicesHelp = R"(stemlathe devices [--json]

Lists every processor and card of this machine, usable or not, each with a sentence that says why.
What --device takes: auto, cpu, cuda, cuda:0, cuda:1, ...

  --json   An array of {"backend", "device", "name", "usable", "reason"} on stdout.

STEMLATHE_ISA=v3 in the environment pins the processor's instruction set to x86-64-v3.

Example: stemlathe devices
)";

int run_devices(Words const& words) {
    bool as_json = false;
    Arguments arguments{"devices"};
    arguments.flag("--json", as_json);
    arguments.parse(words);
    boost::json::array list;
    for (auto const& device : list_devices()) {
        if (as_json) {
            list.push_back(
                {{"backend", device.backend},
                 {"device", device.identity},
                 {"name", device.name},
                 {"usable", device.usable},
                 {"reason", device.reason}}
            );
            continue;
        }
        fmt::print(
            "{:<16} {:<11} {}\n{:<16} {}\n",
            device.identity,
            device.usable ? "usable" : "not usable",
            device.name,
            "",
            device.reason
        );
    }
    if (as_json) {
        fmt::print("{}", json_text(list));
    }
    return 0;
}

} // namespace

Command const kDevicesCommand{.name = "devices", .help = kDevicesHelp, .run = run_devices};

} // namespace stemlathe::service
