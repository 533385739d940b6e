#include "host/version.hpp"

#include "host/report/json_text.hpp"
#include "service/cli/arguments.hpp"
#include "service/cli/command.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kVersionHelp = R"(stemlathe version [--json]

Prints the version and the commit that this program was built from.

  --json   {"version", "commit"} on stdout, nothing else there.

Example: stemlathe version
)";

int run_version(Words const& words) {
    bool as_json = false;
    Arguments arguments{"version"};
    arguments.flag("--json", as_json);
    arguments.parse(words);
    if (as_json) {
        boost::json::object const document{{"version", kVersion}, {"commit", kCommit}};
        fmt::print("{}", json_text(document));
    } else {
        fmt::print("stemlathe {} ({})\n", kVersion, kCommit);
    }
    return 0;
}

} // namespace

Command const kVersionCommand{.name = "version", .help = kVersionHelp, .run = run_version};

} // namespace stemlathe::service
