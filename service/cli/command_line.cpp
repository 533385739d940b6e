#include "service/cli/command_line.hpp"

#include "host/toml/nearest_name.hpp"
#include "kernels/base/failure.hpp"
#include "service/cli/command.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace stemlathe::service {

namespace {

constexpr std::string_view kCommandLineHelp =
    R"(stemlathe: a folder of stems in, every delivery out.

Usage: stemlathe <command> [options]

  demo DIR               Write a five-stem demo session, synthesised.
  check SESSION          Say what is wrong with the stems before an hour is spent on them.
  master SESSION         Make the masters and their report. The main job.
  album ALBUM            Master all songs of an album, and its disc and record sides.
  analyze SESSION        Say which stem covers which, when and where, and what would help.
  plan SESSION           Print the plan that master would use, every choice made concrete.
  measure FILE...        Loudness, loudness range and peaks of audio files.
  compare FILE FILE      What differs between two renders at equal loudness.
  verify DIR             Whether a delivery is still what was delivered.
  serve                  The service: sessions, renders, review and deliveries over HTTP.
  worker                 Another machine or GPU for a service: renders what it queues.
  submit SESSION         Send a session to a stemlathe service and order its masters.
  status RENDER          Where a render or a session of a service stands.
  fetch RENDER           Fetch a render's files from a service.
  watch DIR              Have a service master what is dropped into a folder.
  migrate                Move a service's memory from SQLite to PostgreSQL.
  backup                 Copy a service's database and files, or renew the copy.
  restore                Make an installation of a backup.
  scrub                  Read every file of a service or a backup and compare its digest.
  audit TASK             Who did what in a service, and whether its log is as it was written.
  doctor                 What is right and wrong with this machine.
  profiles               The delivery profiles and what each demands.
  devices                The processors and cards that can compute here.
  version                Version and commit.

stemlathe <command> --help explains a command and its options.

Exit codes
  0    done, everything within its spec
  1    failed inside (disk full, device lost, ...): the message says what and what was kept
  2    the command line, session.toml or the plan is wrong
  3    intake refused the session: nothing was rendered (--force renders what can be rendered)
  4    rendered, but a delivery misses its own spec: the report says which figure; or verified,
       and it is not what was delivered
  130  interrupted

Example: stemlathe demo song/ && stemlathe master song/ --out out/
)";

std::array<Command const*, 24> const kCommands{
    &kDemoCommand,    &kCheckCommand,    &kMasterCommand,  &kAlbumCommand,  &kAnalyzeCommand,
    &kPlanCommand,    &kMeasureCommand,  &kCompareCommand, &kVerifyCommand, &kServeCommand,
    &kWorkerCommand,  &kSubmitCommand,   &kStatusCommand,  &kFetchCommand,  &kWatchCommand,
    &kMigrateCommand, &kBackupCommand,   &kRestoreCommand, &kScrubCommand,  &kAuditCommand,
    &kDoctorCommand,  &kProfilesCommand, &kDevicesCommand, &kVersionCommand};

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

bool is_help(std::string const& word) {
    return word == "--help" || word == "-h";
}

Command const& command_named(std::string const& name) {
    if (name == kExecutorCommand.name) {
        return kExecutorCommand; // not among the names that a user is told
    }
    std::vector<std::string_view> names;
    for (auto const* command : kCommands) {
        if (command->name == name) {
            return *command;
        }
        names.push_back(command->name);
    }
    throw Failure{
        Code::invalid_argument, "there is no command \"" + name + "\"" + suggestion(name, names)}
        .about_key(name);
}

} // namespace

int run_command_line(std::vector<std::string> const& words) {
    if (words.empty()) {
        throw Failure{
            Code::invalid_argument, "no command was given; stemlathe --help lists the commands"};
    }
    if (words[0] == "--version") {
        return kVersionCommand.run({});
    }
    if (is_help(words[0]) || (words[0] == "help" && words.size() == 1)) {
        print(kCommandLineHelp);
        return 0;
    }
    bool const asks_for_help = words[0] == "help";
    auto const& command = command_named(asks_for_help ? words[1] : words[0]);
    if (asks_for_help || std::any_of(words.begin() + 1, words.end(), is_help)) {
        print(command.help);
        return 0;
    }
    return command.run({words.begin() + 1, words.end()});
}

} // namespace stemlathe::service
