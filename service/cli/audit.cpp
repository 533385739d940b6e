#include "host/report/json_text.hpp"
#include "kernels/base/failure.hpp"
#include "service/api/audit_api.hpp"
#include "service/audit/chain.hpp"
#include "service/cli/audit_source.hpp"
#include "service/cli/command.hpp"
#include "service/cli/exit_codes.hpp"
#include "service/cli/stop_signals.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <cstdio>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

constexpr std::string_view kAuditHelp =
    R"help(stemlathe audit verify|export|head [FILE] [--server <url> | --data <dir> | --config <file>] [options]

The audit log of a service: who did what, when and from where. Each entry holds the hash of the one
before, so that a changed or removed one shows.

  verify             Whether every entry is as it was written and none is missing; if not, which is
                     the first.
  export             All entries on stdout, one JSON object a line, as GET /v1/audit shows them.
  head               The last entry's number and hash. Note it outside the house: with it, verify
                     finds also that the end was cut off, or that all was written anew.

  FILE               What `export` wrote. Else:
  --server <url>     A service that runs, with an owner's token. Default: STEMLATHE_SERVER.
  --token <token>    Default: STEMLATHE_TOKEN in the environment.
  --ca <file>        Certificates in PEM that vouch for --server: a house's own authority.
                     Default: STEMLATHE_CA in the environment, else those of this machine.
  --data <dir>       The data folder of a service that is stopped.
  --config <file>    Its stemlathe.toml; a PostgreSQL named in it may be in use.
  --head <n:hash>    For verify: a head that was noted earlier.
  --retry-for <s>    How long to try again while the service does not answer, in seconds,
                     0 to 604800. Default: 300.
  --json             verify: {"intact","entries","head","first_wrong","sentence"};
                     head: {"entries","hash","head"}.
  --quiet            verify: nothing but the exit code where all is well.

Exit codes: 0 done, and the log is as it was written; 4 it was tampered with; 2 wrong input, 1 it
cannot be read, 130 interrupted.

Example: stemlathe audit verify --data var --head "$(cat noted-head)"
)help";

struct AuditWords {
    std::string task{};
    std::string head{};
    AuditSource source{};
};

AuditWords audit_words(Words const& words) {
    AuditWords wish;
    std::vector<std::string> names;
    Arguments arguments{"audit"};
    wish.source.remote.declare(arguments);
    arguments.option("--data", wish.source.data);
    arguments.option("--config", wish.source.config);
    arguments.option("--head", wish.head);
    arguments.positionals("TASK", names);
    arguments.parse(words);
    require("audit", "verify, export or head", !names.empty());
    wish.task = names[0];
    if (wish.task != "verify" && wish.task != "export" && wish.task != "head") {
        refuse_value("the word behind audit", wish.task, "verify, export or head");
    }
    if (names.size() > 2) {
        refuse_value("FILE", names[2], "one file alone");
    }
    wish.source.file = names.size() > 1 ? names[1] : "";
    bool const has_place = !wish.source.data.empty() || !wish.source.config.empty();
    if (has_place && (!wish.source.file.empty() || !wish.source.remote.server.empty())) {
        throw Failure{
            Code::invalid_argument,
            "FILE, --server, and --data or --config are three places; name one of them"}
            .about_key("--data");
    }
    if (!wish.head.empty() && wish.task != "verify") {
        throw Failure{Code::invalid_argument, "--head goes with audit verify"}.about_key("--head");
    }
    return wish;
}

int verify_log(AuditWords const& wish, std::stop_token const& stop) {
    auto const noted =
        wish.head.empty() ? std::nullopt : std::optional{parse_audit_head(wish.head)};
    AuditChain chain{noted};
    wish.source.each(stop, [&](AuditEntry const& entry) { chain.add(entry); });
    auto const fault = chain.fault();
    auto const sentence =
        fault ? fmt::format(
                    "the audit log of {} was tampered with; {}", wish.source.name(), fault->sentence
                )
              : fmt::format(
                    "the audit log of {} is as it was written: {} entries, each follows the one "
                    "before{}",
                    wish.source.name(),
                    chain.entries(),
                    noted ? ", and the noted head is among them" : ""
                );
    if (wish.source.remote.json) {
        fmt::print(
            "{}",
            json_text(json::object{
                {"intact", !fault},
                {"entries", chain.entries()},
                {"head", text_of(chain.head())},
                {"first_wrong", fault ? json::value(fault->seq) : json::value{}},
                {"sentence", sentence}})
        );
    } else if (fault || !wish.source.remote.quiet) {
        fmt::print("{}.\n", sentence);
        if (!fault) {
            fmt::print("head: {}\n", text_of(chain.head()));
        }
    }
    return fault ? kMissesSpec : 0;
}

int print_entries(AuditWords const& wish, std::stop_token const& stop) {
    wish.source.each(stop, [](AuditEntry const& entry) {
        fmt::print("{}\n", json::serialize(audit_json(entry)));
    });
    if (std::fflush(stdout) != 0) {
        throw Failure{Code::storage_full, "the export could not be written to its end"};
    }
    return 0;
}

int print_head(AuditWords const& wish, std::stop_token const& stop) {
    AuditHead head;
    wish.source.each(stop, [&](AuditEntry const& entry) {
        head = {.seq = entry.seq, .hash = entry.hash};
    });
    if (wish.source.remote.json) {
        fmt::print(
            "{}",
            json_text(json::object{
                {"entries", head.seq}, {"hash", head.hash}, {"head", text_of(head)}})
        );
    } else {
        fmt::print("{}\n", text_of(head));
    }
    return 0;
}

int run_audit(Words const& words) {
    auto const wish = audit_words(words);
    StopSignals const signals;
    if (wish.task == "export") {
        return print_entries(wish, signals.token());
    }
    return wish.task == "head" ? print_head(wish, signals.token())
                               : verify_log(wish, signals.token());
}

} // namespace

Command const kAuditCommand{.name = "audit", .help = kAuditHelp, .run = run_audit};

} // namespace stemlathe::service
