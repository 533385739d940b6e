#pragma once

#include "host/report/pdf/document.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stemlathe::pdf {

inline constexpr double kMargin = 42.0;
inline constexpr double kColumnGap = 22.0;
inline constexpr double kTextWidth = kPageWidth - 2.0 * kMargin;
inline constexpr double kColumnWidth = (kTextWidth - kColumnGap) / 2.0;
inline constexpr double kRowHeight = 12.0;

inline constexpr Ink kBlack{0.09, 0.10, 0.12};
inline constexpr Ink kGrey{0.36, 0.38, 0.42};
inline constexpr Ink kFaint{0.80, 0.82, 0.85};
inline constexpr Ink kPaper{0.955, 0.96, 0.97};
inline constexpr Ink kWhite{1.0, 1.0, 1.0};
inline constexpr Ink kGood{0.05, 0.42, 0.25};
inline constexpr Ink kBad{0.72, 0.11, 0.11};
inline constexpr Ink kBlue{0.07, 0.30, 0.58};

/// A figure of a table: what it is, its value, and where or against what.
struct Row {
    std::string label{};
    std::string value{};
    std::string remark{};
};

/// A titled group of figures.
struct Group {
    std::string title{};
    std::vector<Row> rows{};
};

/// Walks down pages of a document and turns to the next where one is full.
class Flow {
  public:
    /// @param footer  stands at the foot of each page beside its number
    /// @param pages   how many there will be
    Flow(Document& document, std::string footer, int pages);

    [[nodiscard]] Document& document() const noexcept {
        return document_;
    }

    [[nodiscard]] double y() const noexcept {
        return y_;
    }

    void move(double height) noexcept {
        y_ += height;
    }

    /// Turns the page where `height` does not fit any more.
    void require(double height);

    void heading(std::string const& words);

    /// A paragraph over the page's whole width. @param indent  from the left margin
    void paragraph(std::string const& words, TextStyle style, double indent = 0.0);

    /// Groups below each other, in two columns side by side.
    void columns(std::vector<Group> const& left, std::vector<Group> const& right);

    /// Ends the last page. @returns the number of pages
    int finish();

  private:
    void foot();
    [[nodiscard]] double column(std::vector<Group> const& groups, double x, bool draws);

    Document& document_;
    std::string footer_;
    int pages_;
    int page_ = 1;
    double y_ = kMargin;
};

/// A circle with a tick, or a triangle with an exclamation mark: told apart without colour.
void draw_verdict(Document& document, Point centre, double radius, bool is_good);

} // namespace stemlathe::pdf
