#include "host/compare/compare.hpp"

#include "host/compare/comparison_json.hpp"
#include "host/report/json_text.hpp"
#include "service/cli/command.hpp"
#include "service/cli/common_options.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/cli/table.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <vector>

namespace stemlathe::service {

namespace {

constexpr std::string_view kCompareHelp = R"(stemlathe compare FILE_A FILE_B [--json]

What differs between two renders once both are equally loud and lie in step: the gain that brings
B to A's loudness, B's offset in samples, how far the difference lies under A, the third of an
octave that became most more or less, and the stretches where more than a trace of a difference is
left (more than -60 dB under A and above -80 dBFS, in 100 ms).

  --json   {"lufs_a", "lufs_b", "gain_db", "offset_samples", "residual_db", "changed", "bands"} on
           stdout; bands from 50 Hz to 20 kHz.

Both files need the same sample rate. Offsets up to one second are found. A residual of -300 dB
means that nothing differs.

Example: stemlathe compare v1/masters/streaming/song.wav v2/masters/streaming/song.wav
)";

/// The band that differs most; nothing where none can be compared.
std::optional<BandDifference> greatest_of(std::vector<BandDifference> const& bands) {
    std::optional<BandDifference> greatest;
    for (auto const& band : bands) {
        bool const is_greater =
            band.difference_db &&
            (!greatest || std::abs(*band.difference_db) > std::abs(*greatest->difference_db));
        greatest = is_greater ? std::optional{band} : greatest;
    }
    return greatest;
}

void print_compare_words(Comparison const& comparison) {
    fmt::print("A              {} LUFS\n", figure(comparison.lufs_a, 2));
    fmt::print("B              {} LUFS\n", figure(comparison.lufs_b, 2));
    fmt::print("Gain on B      {:+.2f} dB\n", comparison.gain_db);
    fmt::print("Offset of B    {} samples\n", comparison.offset_samples);
    fmt::print("Difference     {} dB under A\n", figure(comparison.residual_db));
    if (auto const band = greatest_of(comparison.bands)) {
        fmt::print(
            "Spectrum       {:+.1f} dB at {:.0f} Hz, most of all\n", *band->difference_db, band->hz
        );
    }
    if (comparison.changed.empty()) {
        fmt::print("Changed        nowhere\n");
    }
    for (auto const& stretch : comparison.changed) {
        fmt::print("Changed        {:.1f} s to {:.1f} s\n", stretch.start_s, stretch.end_s);
    }
}

int run_compare(Words const& words) {
    CommonOptions options;
    Words files;
    Arguments arguments{"compare"};
    options.declare_small(arguments);
    arguments.positionals("FILE", files);
    arguments.parse(words);
    require("compare", "two FILEs", files.size() == 2);

    StopSignals const signals;
    auto const comparison = compare_files(files[0], files[1], signals.token());
    if (options.json) {
        fmt::print("{}", json_text(comparison_json(comparison)));
    } else {
        print_compare_words(comparison);
    }
    return 0;
}

} // namespace

Command const kCompareCommand{.name = "compare", .help = kCompareHelp, .run = run_compare};

} // namespace stemlathe::service
