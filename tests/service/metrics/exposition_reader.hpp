#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::test {

/// A family of the text format as a strict reader finds it.
struct ReadFamily {
    std::string type{};
    std::string help{};
    /// By the sample's name and labels as they stand: "x_bucket{le=\"1\"}".
    std::map<std::string, double> samples{};
};

struct ReadExposition {
    std::map<std::string, ReadFamily> families{};
    std::vector<std::string> faults{}; ///< empty: the text follows the format

    /// The value of a sample, and a test failure where there is none.
    [[nodiscard]] double value(std::string const& sample) const;
};

/// Reads the text format 0.0.4 as its description has it ("Exposition formats", prometheus.io) and
/// as promtool checks it: families in one piece with HELP and TYPE before their samples, names,
/// labels and escapes well formed, no sample twice, numbers that are numbers, counters that end in
/// _total and are not negative, histograms with growing buckets up to +Inf that equals _count.
[[nodiscard]] ReadExposition read_exposition(std::string_view text);

} // namespace stemlathe::test
