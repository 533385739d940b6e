#include "host/report/html/chart.hpp"

#include "host/report/html/text.hpp"
#include "host/report/html/time_axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::html {

namespace {

/// The drawing's own units: it is stretched to whatever room the page has.
constexpr double kWidth = 1000.0;
constexpr double kHeight = 400.0;
constexpr std::size_t kColumns = 800; ///< about one per pixel; more would only make the file larger

/// Which value stands for those that share a column of the picture.
enum class Reduce { mean, max };

struct Column {
    double x = 0.0;
    float value = 0.0F;
};

/// At most kColumns values, each standing for its stretch.
std::vector<Column> columns_of(Series const& series, double duration_s, Reduce reduce) {
    auto const count = series.values.size();
    auto const columns = std::min(count, kColumns);
    std::vector<Column> out;
    for (std::size_t i = 0; i < columns; ++i) {
        auto const from = i * count / columns;
        auto const to = std::max((i + 1) * count / columns, from + 1);
        double sum = 0.0;
        float highest = series.values[from];
        for (std::size_t k = from; k < to; ++k) {
            sum += static_cast<double>(series.values[k]);
            highest = std::max(highest, series.values[k]);
        }
        auto const mean = static_cast<float>(sum / static_cast<double>(to - from));
        double const centre_s = 0.5 * static_cast<double>(from + to) * series.step_s;
        out.push_back(
            {std::min(centre_s / duration_s, 1.0) * kWidth, reduce == Reduce::max ? highest : mean}
        );
    }
    return out;
}

double height_of(double value, ValueAxis const& axis) {
    double const part = (value - axis.top) / (axis.bottom - axis.top);
    return std::clamp(part, 0.0, 1.0) * kHeight;
}

std::string points(std::vector<Column> const& columns, ValueAxis const& axis) {
    std::string out;
    for (auto const& column : columns) {
        out += fmt::format(
            "{}{:.1f},{:.1f}",
            out.empty() ? "M" : "L",
            column.x,
            height_of(static_cast<double>(column.value), axis)
        );
    }
    return out;
}

std::string svg_start(std::string const& description) {
    return fmt::format(
        R"(<svg viewBox="0 0 {:.0f} {:.0f}" preserveAspectRatio="none" role="img" )"
        R"(aria-label="{}">)",
        kWidth,
        kHeight,
        escaped(description)
    );
}

struct Grid {
    std::string lines;
    std::string labels;
};

Grid value_grid(ValueAxis const& axis) {
    Grid grid;
    double const low = std::min(axis.top, axis.bottom);
    for (int i = 0; low + i * axis.tick <= std::max(axis.top, axis.bottom) + 1e-9; ++i) {
        double const value = low + i * axis.tick;
        double const y = height_of(value, axis);
        grid.lines += fmt::format(R"(<path class="grid" d="M0,{:.1f}H{:.0f}"/>)", y, kWidth);
        grid.labels += fmt::format(
            R"(<span style="top:{:.2f}%">{}</span>)", 100.0 * y / kHeight, figure(value, 0)
        );
    }
    return grid;
}

std::string legend(std::vector<Series> const& series) {
    std::string out = R"(<ul class="legend">)";
    for (auto const& one : series) {
        out += fmt::format(
            R"(<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="line {}" )"
            R"(d="M0,4H28"/></svg>{}{}</li>)",
            one.style,
            escaped(one.name),
            one.note.empty() ? "" : " <small>" + escaped(one.note) + "</small>"
        );
    }
    return out + "</ul>";
}

} // namespace

std::string line_chart(
    std::vector<Series> const& series,
    ValueAxis const& axis,
    double duration_s,
    std::string const& description
) {
    auto const grid = value_grid(axis);
    std::string lines;
    for (auto const& one : series) {
        lines += fmt::format(
            R"(<path class="line {}" d="{}"/>)",
            one.style,
            points(columns_of(one, duration_s, Reduce::mean), axis)
        );
    }
    return fmt::format(
        R"(<figure>{}<div class="chart"><div class="unit">{}</div>)"
        R"(<div class="values" aria-hidden="true">{}</div>)"
        R"(<div class="plot">{}{}{}{}</svg></div>{}</div></figure>)",
        legend(series),
        escaped(axis.unit),
        grid.labels,
        svg_start(description),
        grid.lines,
        time_lines(duration_s, kWidth, kHeight),
        lines,
        time_labels(duration_s)
    );
}

std::string lane_chart(
    std::vector<Series> const& series,
    double depth_db,
    double tick_db,
    double duration_s,
    std::string const& description
) {
    ValueAxis const axis{.top = 0.0, .bottom = depth_db, .tick = tick_db, .unit = "dB"};
    auto const grid = value_grid(axis);
    std::string lanes;
    for (auto const& one : series) {
        auto const columns = columns_of(one, duration_s, Reduce::max);
        auto const curve = points(columns, axis);
        auto const area =
            columns.empty()
                ? std::string{}
                : fmt::format(
                      "M{:.1f},0L{}L{:.1f},0Z", columns.front().x, curve.substr(1), columns.back().x
                  );
        lanes += fmt::format(
            R"(<div class="lane"><div class="name"><b>{}</b><small>{}</small></div>)"
            R"(<div class="values" aria-hidden="true">{}</div><div class="plot">{}{}{})"
            R"(<path class="area {}" d="{}"/></svg></div></div>)",
            escaped(one.name),
            escaped(one.note),
            grid.labels,
            svg_start(one.name + ": " + description),
            grid.lines,
            time_lines(duration_s, kWidth, kHeight),
            one.style,
            area
        );
    }
    return fmt::format(R"(<figure class="lanes">{}{}</figure>)", lanes, time_labels(duration_s));
}

} // namespace stemlathe::html
