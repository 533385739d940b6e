#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stemlathe::pdf {

/// A4, in points of 1/72 inch from the upper left corner.
inline constexpr double kPageWidth = 595.28;
inline constexpr double kPageHeight = 841.89;

struct Ink {
    double red = 0.0;
    double green = 0.0;
    double blue = 0.0;
};

struct Point {
    double x = 0.0;
    double y = 0.0;
};

enum class Face : std::uint8_t { plain, bold, mono };
enum class Align : std::uint8_t { left, centre, right };

struct TextStyle {
    double size = 8.0; ///< points
    Face face = Face::plain;
    Ink ink{};
    Align align = Align::left;
    std::optional<double> width = std::nullopt; ///< wraps, at letters where words are too long
    int lines_max = 0;                          ///< more end in an ellipsis; 0: as many as it takes
};

struct Stroke {
    double width = 0.6;
    Ink ink{};
    std::vector<double> dashes{};
};

struct DocumentSettings {
    std::string title{};
    std::string author{};
};

/// The fonts that documents are set in. Documents of one Fonts belong to one thread.
class Fonts {
  public:
    /// @param files  these and no others of the machine's
    /// @throws Failure{internal} one cannot be read
    explicit Fonts(std::vector<std::filesystem::path> const& files);
    Fonts(Fonts const&) = delete;
    Fonts& operator=(Fonts const&) = delete;
    ~Fonts();

  private:
    friend class Document;

    struct State;
    std::unique_ptr<State> state_;
};

/// A PDF that depends on nothing but what is drawn: the same bytes each time. The one door to cairo
/// and pango. `fonts` outlive it.
class Document {
  public:
    Document(DocumentSettings const& settings, Fonts const& fonts);
    Document(Document const&) = delete;
    Document& operator=(Document const&) = delete;
    ~Document();

    /// Ends this page and begins the next.
    void next_page();

    /// @param at  the upper left corner of its first line; for other alignments without a width the
    ///            middle or the right end of it
    /// @returns its height
    double text(Point at, std::string const& words, TextStyle const& style);
    [[nodiscard]] double height_of(std::string const& words, TextStyle const& style);
    [[nodiscard]] double width_of(std::string const& words, TextStyle const& style);

    void line(Point from, Point to, Stroke const& stroke);
    /// An open line through all points.
    void curve(std::span<Point const> points, Stroke const& stroke);
    void fill(std::span<Point const> corners, Ink const& ink);
    void fill_box(Point corner, double width, double height, Ink const& ink);
    void box(Point corner, double width, double height, Stroke const& stroke);
    void fill_circle(Point centre, double radius, Ink const& ink);

    /// Letters so far that no font here has; they stand as boxes with their numbers.
    [[nodiscard]] std::int64_t unknown_letters() const noexcept;

    /// The finished file. Call once. @throws Failure{out_of_memory, internal}
    [[nodiscard]] std::string finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace stemlathe::pdf
