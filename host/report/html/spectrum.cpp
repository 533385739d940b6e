#include "host/report/html/spectrum.hpp"

#include "host/report/html/frequency_axis.hpp"
#include "host/report/html/text.hpp"
#include "host/report/html/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::html {

namespace {

constexpr double kWidth = 600.0;
constexpr double kHeight = 240.0;
constexpr double kSpan_db = 60.0; ///< what lies further below the highest is not drawn
constexpr double kTick_db = 20.0;

/// From frequencies and levels to the units of the drawing.
class Axes {
  public:
    Axes(std::vector<double> const& bands_hz, double top_db)
        : low_(std::log(bands_hz.front())),
          span_(std::log(bands_hz.back()) - low_),
          top_db_(top_db) {}

    [[nodiscard]] double x(double hz) const {
        return std::clamp((std::log(hz) - low_) / span_, 0.0, 1.0) * kWidth;
    }

    [[nodiscard]] double y(double level_db) const {
        double const part = std::isfinite(level_db) ? (top_db_ - level_db) / kSpan_db : 1.0;
        return std::clamp(part, 0.0, 1.0) * kHeight;
    }

  private:
    double low_;
    double span_;
    double top_db_;
};

struct Point {
    double x = 0.0;
    double y = 0.0;
};

std::vector<Point>
curve(std::vector<float> const& levels_db, std::vector<double> const& bands_hz, Axes const& axes) {
    std::vector<Point> points;
    points.reserve(bands_hz.size());
    for (std::size_t i = 0; i < bands_hz.size(); ++i) {
        points.push_back({axes.x(bands_hz[i]), axes.y(static_cast<double>(levels_db[i]))});
    }
    return points;
}

std::string path_of(std::vector<Point> const& points) {
    std::string out;
    for (auto const& point : points) {
        out += fmt::format("{}{:.1f},{:.1f}", out.empty() ? "M" : "L", point.x, point.y);
    }
    return out;
}

/// Where the first curve lies above the second (its y is less): closed areas between the two.
class AreaAbove {
  public:
    AreaAbove(std::vector<Point> const& upper, std::vector<Point> const& lower) {
        for (std::size_t i = 0; i + 1 < upper.size(); ++i) {
            double const left = lower[i].y - upper[i].y;
            double const right = lower[i + 1].y - upper[i + 1].y;
            if (left > 0.0) {
                add(upper[i], lower[i]);
            }
            if (left * right < 0.0) { // they cross: there, both are the same point
                double const part = left / (left - right);
                Point const crossing{
                    std::lerp(upper[i].x, upper[i + 1].x, part),
                    std::lerp(upper[i].y, upper[i + 1].y, part)};
                add(crossing, crossing);
            }
            if (right <= 0.0) {
                close();
            }
        }
        if (!upper.empty() && upper.back().y < lower.back().y) {
            add(upper.back(), lower.back());
        }
        close();
    }

    [[nodiscard]] std::string const& path() const noexcept {
        return path_;
    }

  private:
    void add(Point const& above, Point const& below) {
        there_.push_back(above);
        back_.push_back(below);
    }

    void close() {
        if (there_.size() > 1) {
            there_.insert(there_.end(), back_.rbegin(), back_.rend());
            path_ += path_of(there_) + "Z";
        }
        there_.clear();
        back_.clear();
    }

    std::vector<Point> there_; ///< along the upper curve
    std::vector<Point> back_;  ///< along the lower one
    std::string path_;
};

double highest(MaskingPicture const& picture) {
    double top_db = 0.0;
    for (auto const* levels : {&picture.masked_db, &picture.masker_db, &picture.threshold_db}) {
        for (float const level : *levels) {
            top_db = std::isfinite(level) ? std::max(top_db, static_cast<double>(level)) : top_db;
        }
    }
    return std::ceil(std::max(top_db, kSpan_db) / 10.0) * 10.0;
}

std::string level_grid(Axes const& axes, double top_db, std::string& labels) {
    std::string lines;
    double const highest_db = std::floor(top_db / kTick_db) * kTick_db;
    for (int i = 0; i <= static_cast<int>((highest_db - top_db + kSpan_db) / kTick_db); ++i) {
        double const level = highest_db - i * kTick_db;
        double const y = axes.y(level);
        lines += fmt::format(R"(<path class="grid" d="M0,{:.1f}H{:.0f}"/>)", y, kWidth);
        labels += fmt::format(
            R"(<span style="top:{:.2f}%">{}</span>)", 100.0 * y / kHeight, figure(level, 0)
        );
    }
    return lines;
}

std::string
frequency_grid(Axes const& axes, std::vector<double> const& bands_hz, std::string& labels) {
    std::string lines;
    for (auto const& tick : frequency_ticks(bands_hz.front(), bands_hz.back())) {
        double const x = axes.x(tick.hz);
        lines += fmt::format(R"(<path class="grid" d="M{:.1f},0V{:.0f}"/>)", x, kHeight);
        labels +=
            fmt::format(R"(<span style="left:{:.2f}%">{}</span>)", 100.0 * x / kWidth, tick.text);
    }
    return lines;
}

std::string
drawing(MaskingFinding const& finding, std::vector<double> const& bands_hz, Axes const& axes) {
    auto const& picture = finding.picture;
    auto const masked = curve(picture.masked_db, bands_hz, axes);
    auto const masker = curve(picture.masker_db, bands_hz, axes);
    auto const threshold = curve(picture.threshold_db, bands_hz, axes);
    auto const floor = fmt::format("L{:.1f},{:.0f}L0,{:.0f}Z", masker.back().x, kHeight, kHeight);
    double const left = axes.x(finding.low_hz);
    return fmt::format(
        R"(<path class="band" d="M{:.1f},0H{:.1f}V{:.0f}H{:.1f}Z"/>)"
        R"(<path class="masker" d="{}"/><path class="above" d="{}"/>)"
        R"(<path class="threshold" d="{}"/><path class="masked" d="{}"/>)",
        left,
        axes.x(finding.high_hz),
        kHeight,
        left,
        path_of(masker) + floor,
        AreaAbove(masked, threshold).path(),
        path_of(threshold),
        path_of(masked)
    );
}

std::string legend(std::string const& masked, std::string const& masker) {
    auto const item = [](std::string const& shape, std::string const& text) {
        return R"(<li><svg viewBox="0 0 28 10" aria-hidden="true">)" + shape + "</svg>" + text +
               "</li>";
    };
    return R"(<ul class="legend">)" + item(R"(<path class="masked" d="M0,5H28"/>)", masked) +
           item(R"(<path class="threshold" d="M0,5H28"/>)", "its threshold") +
           item(R"(<path class="masker" d="M0,0H28V10H0Z"/>)", masker) + "</ul>";
}

} // namespace

std::string spectrum_picture(
    MaskingFinding const& finding,
    std::vector<double> const& bands_hz,
    std::string const& masked,
    std::string const& masker
) {
    auto const& picture = finding.picture;
    auto const bands = bands_hz.size();
    if (bands < 2 || picture.masked_db.size() != bands || picture.masker_db.size() != bands ||
        picture.threshold_db.size() != bands) {
        return {};
    }
    double const top_db = highest(picture);
    Axes const axes{bands_hz, top_db};
    std::string levels;
    std::string frequencies;
    auto const grid =
        level_grid(axes, top_db, levels) + frequency_grid(axes, bands_hz, frequencies);
    return fmt::format(
        R"(<figure class="spectrum">{}<div class="unit" aria-hidden="true">dB SPL</div>)"
        R"(<div class="values" aria-hidden="true">{}</div>)"
        R"(<div class="plot"><svg viewBox="0 0 {:.0f} {:.0f}" preserveAspectRatio="none" )"
        R"(role="img" aria-label="Spectrum of {}, of {} and of the threshold while the finding )"
        R"(lasts; at {} the margin is {} dB">{}{}</svg></div>)"
        R"(<div class="times" aria-hidden="true">{}</div></figure>)",
        legend(masked, masker),
        levels,
        kWidth,
        kHeight,
        masked,
        masker,
        frequency_range(finding.low_hz, finding.high_hz),
        figure(finding.margin_db),
        grid,
        drawing(finding, bands_hz, axes),
        frequencies
    );
}

} // namespace stemlathe::html
