#include "host/report/json_text.hpp"
#include "host/verify/verify_folder.hpp"
#include "service/cli/command.hpp"
#include "service/cli/common_options.hpp"
#include "service/cli/exit_codes.hpp"
#include "service/cli/stop_signals.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

constexpr std::string_view kVerifyHelp = R"(stemlathe verify DIR [--json] [--quiet] [--threads <n>]

Says whether a delivery is still what was delivered. DIR is a folder that `stemlathe master` wrote,
or one of its masters/ folders alone. Every file is held against manifest.json, qc.json and the
.md5 list (size, SHA-256, MD5; missing, unlisted and renamed files), every audio file is measured
again, and its figures are held against qc.json and the limits of its delivery. A file whose tags
alone were changed is told from one whose audio was.

  --json          {"folder","intact","within_spec","packages","files","measured","sentence",
                  "discrepancies","notes"} on stdout.
  --quiet         Nothing but the exit code where all is well.
  --threads <n>   Files looked at side by side. Default: as many as the machine runs at once.

Nothing is written and no link is followed. A checksum proves that a file is the one its list
names; that the list itself is genuine, nobody but its sender can say.

Exit codes: 0 it is what was delivered and meets its spec, 4 it is not or does not, 2 DIR is
missing or nothing in it says what was delivered, 1 it cannot be read, 130 interrupted.

Example: stemlathe verify out/
)";

json::value number_or_null(std::optional<double> number) {
    return rounded(number, 6);
}

void print_verify_json(Verification const& verification) {
    json::array discrepancies;
    for (auto const& found : verification.discrepancies) {
        discrepancies.push_back(
            {{"code", found.code},
             {"path", text_or_null(found.path)},
             {"message", found.message},
             {"measured", number_or_null(found.measured)},
             {"expected", number_or_null(found.expected)},
             {"unit", text_or_null(found.unit)}}
        );
    }
    json::object const document{
        {"folder", verification.folder.string()},
        {"intact", verification.is_intact},
        {"within_spec", verification.is_within_spec},
        {"packages", verification.packages},
        {"files", verification.files},
        {"measured", verification.measured},
        {"sentence", verification.sentence},
        {"discrepancies", std::move(discrepancies)},
        {"notes", json::array(verification.notes.begin(), verification.notes.end())}};
    fmt::print("{}", json_text(document));
}

void print_verify_words(Verification const& verification) {
    for (auto const& found : verification.discrepancies) {
        fmt::print("  {:<14} {}\n", found.code, found.message);
    }
    for (auto const& note : verification.notes) {
        fmt::print("  {:<14} {}\n", "note", note);
    }
    fmt::print("{}.\n", verification.sentence);
}

int run_verify(Words const& words) {
    CommonOptions options;
    std::string folder;
    Arguments arguments{"verify"};
    options.declare_small(arguments);
    arguments.positional("DIR", folder);
    arguments.parse(words);
    require("verify", "DIR (a folder that `stemlathe master` wrote)", !folder.empty());

    StopSignals const signals;
    Tasks tasks{options.thread_count()};
    auto const verification = verify_folder(folder, tasks, signals.token());
    bool const is_well = verification.is_intact && verification.is_within_spec;
    if (options.json) {
        print_verify_json(verification);
    } else if (!options.quiet || !is_well) {
        print_verify_words(verification);
    }
    return is_well ? 0 : kMissesSpec;
}

} // namespace

Command const kVerifyCommand{.name = "verify", .help = kVerifyHelp, .run = run_verify};

} // namespace stemlathe::service
