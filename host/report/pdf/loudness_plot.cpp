#include "host/report/pdf/loudness_plot.hpp"

#include "host/qc/sheet.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace stemlathe::pdf {

namespace {

constexpr double kStep_s = 0.1; ///< of the traces
constexpr double kLeft = kMargin + 24.0;
constexpr double kWidth = kPageWidth - kMargin - kLeft - 4.0;
constexpr double kTop_db = 3.0;
constexpr double kLines_db = 10.0;
constexpr std::size_t kColumns = 440;
constexpr float kFloor_lufs = -69.5F;

/// Where things lie on the page.
struct Frame {
    double top = 0.0;
    double height = 0.0;
    double bottom_db = -60.0;
    double duration_s = 1.0;

    [[nodiscard]] double x(double seconds) const {
        return kLeft + kWidth * std::clamp(seconds / duration_s, 0.0, 1.0);
    }

    [[nodiscard]] double y(double level_db) const {
        double const part =
            (kTop_db - std::clamp(level_db, bottom_db, kTop_db)) / (kTop_db - bottom_db);
        return top + height * part;
    }
};

/// The highest of each of at most kColumns stretches, where they begin.
std::vector<Point> thinned(std::vector<float> const& trace) {
    std::vector<Point> out;
    auto const columns = std::min(kColumns, trace.size());
    for (std::size_t c = 0; c < columns; ++c) {
        auto const from = c * trace.size() / columns;
        auto const to = (c + 1) * trace.size() / columns;
        auto const most = std::max_element(
            trace.begin() + std::ptrdiff_t(from), trace.begin() + std::ptrdiff_t(to)
        );
        out.push_back({static_cast<double>(from) * kStep_s, static_cast<double>(*most)});
    }
    return out;
}

double bottom_of(LoudnessReading const& reading) {
    double const loudness = reading.integrated_lufs.value_or(-30.0);
    return -10.0 * std::clamp(std::ceil((24.0 - loudness) / 10.0), 3.0, 7.0);
}

double tick_of(double duration_s) {
    for (double const step_s :
         {1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0}) {
        if (duration_s / step_s <= 10.0) {
            return step_s;
        }
    }
    return 3600.0;
}

std::string minutes_text(double seconds) {
    auto const whole = std::llround(seconds);
    return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                         : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

void draw_axes(Document& document, Frame const& frame) {
    TextStyle const small{.size = 6.0, .ink = kGrey, .align = Align::right};
    document.fill_box({kLeft, frame.top}, kWidth, frame.height, kPaper);
    for (int line = 0; line * kLines_db >= frame.bottom_db; --line) {
        double const level_db = line * kLines_db;
        double const y = frame.y(level_db);
        document.line({kLeft, y}, {kLeft + kWidth, y}, {.width = 0.4, .ink = kFaint});
        document.text({kLeft - 4.0, y - 4.0}, fmt::format("{:.0f}", level_db), small);
    }
    double const step_s = tick_of(frame.duration_s);
    for (int tick = 0; tick * step_s <= frame.duration_s + 1e-6; ++tick) {
        double const at_s = tick * step_s;
        double const x = frame.x(at_s);
        double const y = frame.top + frame.height;
        document.line({x, y}, {x, y + 3.0}, {.width = 0.4, .ink = kGrey});
        document.text(
            {x, y + 3.5}, minutes_text(at_s), {.size = 6.0, .ink = kGrey, .align = Align::centre}
        );
    }
}

void draw_level(Document& document, Frame const& frame, double level_db, Ink const& ink) {
    double const y = frame.y(level_db);
    document.line(
        {kLeft, y}, {kLeft + kWidth, y}, {.width = 0.7, .ink = ink, .dashes = {4.0, 2.5}}
    );
}

void draw_peaks(Document& document, Frame const& frame, std::vector<float> const& peaks) {
    if (peaks.empty()) {
        return;
    }
    std::vector<Point> area{{kLeft, frame.y(frame.bottom_db)}};
    for (auto const& point : thinned(peaks)) {
        double const level_db = point.y > 0.0 ? db_from_gain(point.y) : frame.bottom_db;
        area.push_back({frame.x(point.x), frame.y(level_db)});
    }
    area.push_back({kLeft + kWidth, area.back().y});
    area.push_back({kLeft + kWidth, frame.y(frame.bottom_db)});
    document.fill(area, {0.86, 0.88, 0.91});
}

/// Nothing is drawn where there is nothing but silence.
void draw_loudness(Document& document, Frame const& frame, std::vector<float> const& trace) {
    std::vector<Point> piece;
    auto const end_piece = [&] {
        if (piece.size() > 1) {
            document.curve(piece, {.width = 1.2, .ink = kBlue});
        }
        piece.clear();
    };
    for (auto const& point : thinned(trace)) {
        if (point.y > static_cast<double>(kFloor_lufs)) {
            piece.push_back({frame.x(point.x + kStep_s), frame.y(point.y)});
        } else {
            end_piece();
        }
    }
    end_piece();
}

/// A triangle whose tip points at the peak, and the channel's letter beside it.
void draw_marks(Document& document, Frame const& frame, LoudnessReading const& reading) {
    for (std::size_t c = 0; c < reading.channels.size(); ++c) {
        auto const& channel = reading.channels[c];
        if (!channel.true_peak_dbtp) {
            continue;
        }
        double const x = frame.x(*channel.true_peak_at_s);
        double const y = frame.y(*channel.true_peak_dbtp);
        std::array const mark{Point{x, y}, Point{x - 3.0, y - 6.0}, Point{x + 3.0, y - 6.0}};
        document.fill(mark, kBlack);
        bool const is_right = c == 1;
        document.text(
            {is_right ? x + 4.0 : x - 4.0, y - 9.0},
            std::string{channel_name(c, reading.channels.size())},
            {.size = 6.0,
             .face = Face::bold,
             .ink = kBlack,
             .align = is_right ? Align::left : Align::right}
        );
    }
}

void draw_key(Flow const& flow, double y, PlotLimits const& limits) {
    auto& document = flow.document();
    TextStyle const small{.size = 6.0, .ink = kGrey};
    double x = kLeft;
    auto const word = [&](std::string const& words) {
        document.text({x, y}, words, small);
        x += document.width_of(words, small) + 14.0;
    };
    document.line({x, y + 4.0}, {x + 14.0, y + 4.0}, {.width = 1.2, .ink = kBlue});
    x += 17.0;
    word("loudness of the last 3 s, LUFS");
    document.fill_box({x, y + 1.0}, 12.0, 6.0, {0.86, 0.88, 0.91});
    x += 15.0;
    word("highest sample, dBFS");
    std::array const mark{Point{x + 3.0, y + 7.0}, Point{x, y + 1.0}, Point{x + 6.0, y + 1.0}};
    document.fill(mark, kBlack);
    x += 9.0;
    word("highest true peak of each channel, dBTP");
    if (limits.target_lufs || limits.true_peak_dbtp) {
        document.line(
            {x, y + 4.0}, {x + 14.0, y + 4.0}, {.width = 0.7, .ink = kGrey, .dashes = {4.0, 2.5}}
        );
        x += 17.0;
        word(
            limits.target_lufs && limits.true_peak_dbtp ? "target and true-peak limit"
            : limits.target_lufs                        ? "target"
                                                        : "true-peak limit"
        );
    }
}

} // namespace

void draw_loudness_plot(Flow& flow, LoudnessReading const& reading, PlotLimits const& limits) {
    flow.require(kPlotHeight + 30.0);
    flow.heading("Loudness and peaks over time");
    auto& document = flow.document();
    Frame const frame{
        .top = flow.y() + 2.0,
        .height = kPlotHeight,
        .bottom_db = bottom_of(reading),
        .duration_s = std::max(reading.duration_s, 0.1)};
    draw_axes(document, frame);
    if (reading.signal) {
        draw_peaks(document, frame, reading.signal->peak);
    }
    if (limits.true_peak_dbtp) {
        draw_level(document, frame, *limits.true_peak_dbtp, kGrey);
    }
    if (limits.target_lufs) {
        draw_level(document, frame, *limits.target_lufs, kGrey);
    }
    draw_loudness(document, frame, reading.short_term_lufs);
    draw_marks(document, frame, reading);
    draw_key(flow, frame.top + frame.height + 13.0, limits);
    flow.move(kPlotHeight + 30.0);
}

} // namespace stemlathe::pdf
