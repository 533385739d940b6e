#include "host/report/pdf/flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace stemlathe::pdf {

namespace {

constexpr double kBottom = kPageHeight - kMargin - 16.0;
constexpr double kLabelWidth = 92.0;
constexpr double kValueWidth = 72.0;
constexpr double kRemarkWidth = kColumnWidth - kLabelWidth - kValueWidth - 5.0;
constexpr double kHeadingHeight = 17.0;
constexpr double kAfterGroup = 7.0;

} // namespace

Flow::Flow(Document& document, std::string footer, int pages)
    : document_(document), footer_(std::move(footer)), pages_(pages) {}

void Flow::require(double height) {
    if (y_ + height > kBottom && y_ > kMargin) {
        foot();
        document_.next_page();
        ++page_;
        y_ = kMargin;
    }
}

void Flow::heading(std::string const& words) {
    require(kHeadingHeight + 2.0 * kRowHeight);
    document_.text({kMargin, y_}, words, {.size = 8.5, .face = Face::bold, .ink = kBlack});
    document_.line(
        {kMargin, y_ + 12.5}, {kPageWidth - kMargin, y_ + 12.5}, {.width = 0.6, .ink = kFaint}
    );
    y_ += kHeadingHeight;
}

void Flow::paragraph(std::string const& words, TextStyle style, double indent) {
    style.width = kTextWidth - indent;
    require(document_.height_of(words, style));
    y_ += document_.text({kMargin + indent, y_}, words, style) + 1.5;
}

/// @returns how high the groups stand
double Flow::column(std::vector<Group> const& groups, double x, bool draws) {
    double y = y_;
    for (auto const& group : groups) {
        if (draws) {
            document_.text({x, y}, group.title, {.size = 8.5, .face = Face::bold, .ink = kBlack});
            document_.line({x, y + 12.5}, {x + kColumnWidth, y + 12.5}, {.ink = kFaint});
        }
        y += kHeadingHeight;
        for (auto const& row : group.rows) {
            if (draws) {
                document_.text({x, y}, row.label, {.size = 7.5, .ink = kGrey});
                document_.text(
                    {x + kLabelWidth + kValueWidth, y},
                    row.value,
                    {.size = 7.5, .face = Face::bold, .ink = kBlack, .align = Align::right}
                );
                document_.text(
                    {x + kColumnWidth - kRemarkWidth, y + 0.9}, // on the same base line
                    row.remark,
                    {.size = 6.5, .ink = kGrey, .width = kRemarkWidth, .lines_max = 1}
                );
            }
            y += kRowHeight;
        }
        y += kAfterGroup;
    }
    return y - y_;
}

void Flow::columns(std::vector<Group> const& left, std::vector<Group> const& right) {
    double const second = kMargin + kColumnWidth + kColumnGap;
    double const height = std::max(column(left, kMargin, false), column(right, second, false));
    require(height);
    (void)column(left, kMargin, true);
    (void)column(right, second, true);
    y_ += height;
}

void Flow::foot() {
    double const y = kPageHeight - kMargin - 4.0;
    document_.line({kMargin, y - 5.0}, {kPageWidth - kMargin, y - 5.0}, {.ink = kFaint});
    document_.text(
        {kMargin, y},
        footer_,
        {.size = 6.0, .ink = kGrey, .width = kTextWidth - 60.0, .lines_max = 2}
    );
    document_.text(
        {kPageWidth - kMargin, y},
        fmt::format("Page {} of {}", page_, pages_),
        {.size = 6.5, .ink = kGrey, .align = Align::right}
    );
}

int Flow::finish() {
    foot();
    return page_;
}

void draw_verdict(Document& document, Point centre, double radius, bool is_good) {
    double const r = radius;
    if (is_good) {
        document.fill_circle(centre, r, kGood);
        std::array const tick{
            Point{centre.x - 0.5 * r, centre.y},
            Point{centre.x - 0.12 * r, centre.y + 0.42 * r},
            Point{centre.x + 0.52 * r, centre.y - 0.4 * r}};
        document.curve(tick, {.width = 0.26 * r, .ink = kWhite});
        return;
    }
    std::array const triangle{
        Point{centre.x, centre.y - 1.1 * r},
        Point{centre.x + 1.15 * r, centre.y + 0.9 * r},
        Point{centre.x - 1.15 * r, centre.y + 0.9 * r}};
    document.fill(triangle, kBad);
    document.line(
        {centre.x, centre.y - 0.45 * r},
        {centre.x, centre.y + 0.25 * r},
        {.width = 0.26 * r, .ink = kWhite}
    );
    document.fill_circle({centre.x, centre.y + 0.58 * r}, 0.15 * r, kWhite);
}

} // namespace stemlathe::pdf
