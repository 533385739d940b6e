#include "host/demo/write_demo.hpp"
#include "host/report/json_text.hpp"
#include "service/cli/command.hpp"
#include "service/cli/common_options.hpp"
#include "service/cli/progress_line.hpp"
#include "service/cli/stop_signals.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

constexpr std::string_view kDemoHelp =
    R"(stemlathe demo DIR [--seconds 40] [--rate 48000] [--seed 1]

Writes a demo session: drums, bass, vocals, chords and effects, synthesised, with session.toml,
comments.txt and planted.json, the maskings that it contains on purpose. The same options give the
same bytes.

  --seconds <s>   Length, 1 to 10800 s. Default: 40.
  --rate <hz>     44100, 48000, 88200, 96000, 176400 or 192000. Default: 48000.
  --seed <n>      Another seed is another song. Default: 1.
  --force         Write into a folder that already holds something else.
  --json          {"session", "files"} on stdout, nothing else there.
  --quiet         No progress and no summary.
  --threads <n>   1 to 1024. Default: as many as the machine runs at once.

Example: stemlathe demo song/ --seconds 60
)";

struct DemoOptions {
    CommonOptions common{};
    std::string folder{};
    std::string seconds{};
    std::string rate{};
    std::string seed{};
    bool force = false;

    [[nodiscard]] DemoSettings settings() const {
        DemoSettings settings;
        auto const seed_max = std::numeric_limits<std::int64_t>::max();
        settings.seconds =
            number_of("--seconds", seconds, 1.0, 10'800.0, "s").value_or(settings.seconds);
        settings.rate_hz =
            static_cast<int>(whole_of("--rate", rate, 44'100, 192'000).value_or(settings.rate_hz));
        settings.seed =
            static_cast<std::uint64_t>(whole_of("--seed", seed, 0, seed_max).value_or(1));
        return settings;
    }
};

/// A demo may replace a demo; the stems of a real song it must not.
void refuse_foreign_folder(std::filesystem::path const& folder) {
    std::error_code error;
    bool const is_free = !std::filesystem::exists(folder, error) ||
                         std::filesystem::is_empty(folder, error) ||
                         std::filesystem::exists(folder / "planted.json", error);
    if (!is_free) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} already holds something that is not a demo session; choose a new folder, or "
                "--force to replace what has the same names",
                folder.string()
            )}
            .about_file(folder.string())
            .about_key("DIR");
    }
}

void print_demo_json(std::filesystem::path const& folder) {
    std::vector<std::string> names;
    for (auto const& entry : std::filesystem::directory_iterator{folder}) {
        names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    json::object const document{
        {"session", folder.string()}, {"files", json::array(names.begin(), names.end())}};
    fmt::print("{}", json_text(document));
}

int run_demo(Words const& words) {
    DemoOptions options;
    Arguments arguments{"demo"};
    options.common.declare_small(arguments);
    arguments.positional("DIR", options.folder);
    arguments.option("--seconds", options.seconds);
    arguments.option("--rate", options.rate);
    arguments.option("--seed", options.seed);
    arguments.flag("--force", options.force);
    arguments.parse(words);
    require("demo", "DIR (the folder to write)", !options.folder.empty());
    auto const settings = options.settings();
    if (!options.force) {
        refuse_foreign_folder(options.folder);
    }

    StopSignals const signals;
    ProgressLine progress{options.common.quiet};
    Tasks tasks{options.common.thread_count()};
    Run run{tasks, signals.token(), progress.sink()};
    write_demo(options.folder, settings, run);
    progress.clear();

    if (options.common.json) {
        print_demo_json(options.folder);
    } else if (!options.common.quiet) {
        fmt::print(
            "A demo session lies in {0}. Next: stemlathe master {0} --out out\n", options.folder
        );
    }
    return 0;
}

} // namespace

Command const kDemoCommand{.name = "demo", .help = kDemoHelp, .run = run_demo};

} // namespace stemlathe::service
