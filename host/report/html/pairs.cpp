#include "host/report/html/sections.hpp"
#include "host/report/html/stem_names.hpp"
#include "host/report/html/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace stemlathe::html {

namespace {

constexpr double kShadeStep_db = 1.0; ///< of shortfall, from one shade to the next
constexpr int kShades = 5;

/// Stems that stand in a pair, in the order of the session.
std::vector<std::string>
stems_of(std::vector<StemReading> const& readings, std::vector<MaskingPair> const& pairs) {
    std::vector<std::string> stems;
    for (auto const& stem : readings) {
        bool const is_in_a_pair = std::ranges::any_of(pairs, [&](auto const& pair) {
            return pair.masker == stem.file || pair.masked == stem.file;
        });
        if (is_in_a_pair) {
            stems.push_back(stem.file);
        }
    }
    return stems;
}

std::string cell(MaskingPair const& pair) {
    if (pair.layered) {
        return R"(<td class="layered">layered<small>not masked</small></td>)";
    }
    auto const shade =
        std::clamp(static_cast<int>(std::ceil(pair.shortfall_db / kShadeStep_db)), 0, kShades);
    return fmt::format(
        R"(<td class="q{}"><b>{}</b> dB<small>{:.0f} % of the time</small></td>)",
        shade,
        figure(pair.shortfall_db),
        pair.percent_of_time
    );
}

std::string
row(std::string const& masked,
    std::vector<std::string> const& stems,
    std::vector<MaskingPair> const& pairs,
    StemNames const& names) {
    auto out = R"(<tr><th scope="row">)" + names.of(masked) + "</th>";
    for (auto const& masker : stems) {
        auto const pair = std::ranges::find_if(pairs, [&](auto const& one) {
            return one.masker == masker && one.masked == masked;
        });
        if (pair != pairs.end()) {
            out += cell(*pair);
        } else {
            out += masker == masked ? R"(<td class="self"></td>)" : R"(<td class="q0 dim">–</td>)";
        }
    }
    return out + "</tr>\n";
}

} // namespace

std::string pair_section(MasteringReport const& report) {
    auto const pairs = report.masking ? report.masking->pairs : std::vector<MaskingPair>{};
    auto const stems = stems_of(report.stems, pairs);
    if (stems.empty()) {
        return {};
    }
    StemNames const names{report};
    std::string head;
    std::string rows;
    for (auto const& stem : stems) {
        head += R"(<th scope="col">)" + names.of(stem) + "</th>";
        rows += row(stem, stems, pairs, names);
    }
    return section(
        "Who masks whom",
        "What the stem in the row lacks to its target margin because of the stem in the column: "
        "mean over what matters of it, and how much of its playing time that concerns.",
        R"(<div class="scroll"><table class="pairs"><thead><tr>)"
        "<td>masked ↓ &nbsp; masker →</td>" +
            head + "</tr></thead><tbody>\n" + rows + "</tbody></table></div>"
    );
}

} // namespace stemlathe::html
