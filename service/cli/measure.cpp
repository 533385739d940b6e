#include "host/loudness/meter.hpp"
#include "host/report/json_text.hpp"
#include "host/tasks.hpp"
#include "service/cli/command.hpp"
#include "service/cli/common_options.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/cli/table.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

constexpr std::string_view kMeasureHelp = R"(stemlathe measure FILE... [--json] [--threads <n>]

Measures audio files as they lie on disk: integrated loudness (ITU-R BS.1770, gated), loudness
range (EBU Tech 3342), maximum momentary and short-term loudness (EBU Tech 3341), true peak
(16x oversampled) and sample peak. WAV, RF64, W64, AIFF, CAF, FLAC, Ogg and MP3; mono or stereo.

  --json          An array with one object per file on stdout; null where silence leaves nothing
                  to measure.
  --threads <n>   Files measured side by side. Default: as many as the machine runs at once.

Example: stemlathe measure out/masters/*/*.wav
)";

json::object reading_object(std::string const& file, LoudnessReading const& reading) {
    return {
        {"file", file},
        {"integrated_lufs", rounded(reading.integrated_lufs, 3)},
        {"loudness_range_lu", rounded(reading.loudness_range_lu, 3)},
        {"momentary_max_lufs", rounded(reading.momentary_max_lufs, 3)},
        {"short_term_max_lufs", rounded(reading.short_term_max_lufs, 3)},
        {"true_peak_dbtp", rounded(reading.true_peak_dbtp, 3)},
        {"sample_peak_dbfs", rounded(reading.sample_peak_dbfs, 3)},
        {"duration_s", rounded(reading.duration_s, 6)}};
}

void print_measure_json(Words const& files, std::vector<LoudnessReading> const& readings) {
    json::array list;
    for (std::size_t i = 0; i < files.size(); ++i) {
        list.emplace_back(reading_object(files[i], readings[i]));
    }
    fmt::print("{}", json_text(list));
}

void print_table(Words const& files, std::vector<LoudnessReading> const& readings) {
    using enum Table::Align;
    Table table{
        {{"File", left},
         {"LUFS", right},
         {"LRA LU", right},
         {"Max M", right},
         {"Max S", right},
         {"dBTP", right},
         {"dBFS", right},
         {"Seconds", right}}};
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto const& reading = readings[i];
        table.row(
            {files[i],
             figure(reading.integrated_lufs, 2),
             figure(reading.loudness_range_lu),
             figure(reading.momentary_max_lufs),
             figure(reading.short_term_max_lufs),
             figure(reading.true_peak_dbtp, 2),
             figure(reading.sample_peak_dbfs, 2),
             figure(reading.duration_s, 3)}
        );
    }
    fmt::print("{}", table.text());
}

int run_measure(Words const& words) {
    CommonOptions options;
    Words files;
    Arguments arguments{"measure"};
    options.declare_small(arguments);
    arguments.positionals("FILE", files);
    arguments.parse(words);
    require("measure", "FILE (one or more audio files)", !files.empty());

    StopSignals const signals;
    Tasks tasks{options.thread_count()};
    std::vector<LoudnessReading> readings(files.size());
    tasks.for_each(files.size(), [&](std::size_t i) {
        readings[i] = measure_file(files[i], signals.token());
    });
    if (options.json) {
        print_measure_json(files, readings);
    } else {
        print_table(files, readings);
    }
    return 0;
}

} // namespace

Command const kMeasureCommand{.name = "measure", .help = kMeasureHelp, .run = run_measure};

} // namespace stemlathe::service
