#include "host/report/pdf/document.hpp"

#include "host/utf8.hpp"
#include "kernels/base/assert.hpp"
#include "kernels/base/failure.hpp"

#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <numbers>

namespace stemlathe::pdf {

// What holds the libraries' objects. Not in an unnamed namespace: the states below are made of it.
template <auto kFree>
struct Free {
    template <typename Type>
    void operator()(Type* object) const noexcept {
        kFree(object);
    }
};

using Surface = std::unique_ptr<cairo_surface_t, Free<cairo_surface_destroy>>;
using Pen = std::unique_ptr<cairo_t, Free<cairo_destroy>>;
using FontConfig = std::unique_ptr<FcConfig, Free<FcConfigDestroy>>;
using FontMap = std::unique_ptr<PangoFontMap, Free<g_object_unref>>;
using Context = std::unique_ptr<PangoContext, Free<g_object_unref>>;
using Layout = std::unique_ptr<PangoLayout, Free<g_object_unref>>;
using FontOptions = std::unique_ptr<cairo_font_options_t, Free<cairo_font_options_destroy>>;
using Description = std::unique_ptr<PangoFontDescription, Free<pango_font_description_free>>;

namespace {

constexpr double kPointsPerInch = 72.0; // one unit is one point

/// Text as it can be set: well-formed, and nothing that breaks a line or rings a bell.
std::string one_line(std::string const& words) {
    auto text = valid_utf8(words);
    std::ranges::replace_if(
        text, [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }, ' '
    );
    return text;
}

cairo_status_t append(void* text, unsigned char const* bytes, unsigned count) {
    try {
        static_cast<std::string*>(text)->append(reinterpret_cast<char const*>(bytes), count);
        return CAIRO_STATUS_SUCCESS;
    } catch (std::bad_alloc const&) {
        return CAIRO_STATUS_NO_MEMORY;
    }
}

/// A configuration with these fonts and no others: nothing of the machine's own counts.
FontConfig fonts_only(std::vector<std::filesystem::path> const& files) {
    FontConfig config{FcConfigCreate()};
    for (auto const& file : files) {
        auto const name = file.string();
        auto const* const bytes = reinterpret_cast<FcChar8 const*>(name.c_str());
        if (config == nullptr || FcConfigAppFontAddFile(config.get(), bytes) == FcFalse) {
            throw Failure{Code::internal, name + " cannot be read as a font"}.about_file(name);
        }
    }
    return config;
}

/// Shapes that depend on no screen: no hints, no rounding of widths.
Context make_context(FontMap const& map) {
    Context context{pango_font_map_create_context(map.get())};
    FontOptions const options{cairo_font_options_create()};
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context.get(), options.get());
    pango_cairo_context_set_resolution(context.get(), kPointsPerInch);
    pango_context_set_round_glyph_positions(context.get(), FALSE);
    pango_context_set_language(context.get(), pango_language_from_string("en-gb"));
    return context;
}

void set_metadata(cairo_surface_t* surface, DocumentSettings const& settings) {
    auto const set = [&](cairo_pdf_metadata_t what, std::string const& text) {
        cairo_pdf_surface_set_metadata(surface, what, one_line(text).c_str());
    };
    set(CAIRO_PDF_METADATA_TITLE, settings.title);
    set(CAIRO_PDF_METADATA_AUTHOR, settings.author);
    set(CAIRO_PDF_METADATA_CREATOR, "stemlathe");
    set(CAIRO_PDF_METADATA_CREATE_DATE, {}); // none, else cairo takes the clock's
}

PangoAlignment alignment(Align align) {
    switch (align) {
    case Align::centre:
        return PANGO_ALIGN_CENTER;
    case Align::right:
        return PANGO_ALIGN_RIGHT;
    default:
        return PANGO_ALIGN_LEFT;
    }
}

} // namespace

struct Fonts::State {
    explicit State(std::vector<std::filesystem::path> const& files)
        : config(fonts_only(files)),
          map(pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT)) {
        STEMLATHE_ASSERT(map != nullptr && PANGO_IS_FC_FONT_MAP(map.get()));
        pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map.get()), config.get());
    }

    FontConfig config;
    FontMap map;
};

Fonts::Fonts(std::vector<std::filesystem::path> const& files)
    : state_(std::make_unique<State>(files)) {}

Fonts::~Fonts() = default;

struct Document::State {
    State(DocumentSettings const& settings, FontMap const& map)
        : surface(cairo_pdf_surface_create_for_stream(append, &bytes, kPageWidth, kPageHeight)),
          pen(cairo_create(surface.get())),
          context(make_context(map)) {
        set_metadata(surface.get(), settings);
    }

    [[nodiscard]] Layout layout(std::string const& words, TextStyle const& style) const {
        Layout out{pango_layout_new(context.get())};
        Description const font{pango_font_description_new()};
        pango_font_description_set_family_static(
            font.get(), style.face == Face::mono ? "DejaVu Sans Mono" : "DejaVu Sans"
        );
        pango_font_description_set_weight(
            font.get(), style.face == Face::bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL
        );
        pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
        pango_layout_set_font_description(out.get(), font.get());
        auto const text = one_line(words);
        pango_layout_set_text(out.get(), text.data(), static_cast<int>(text.size()));
        pango_layout_set_alignment(out.get(), alignment(style.align));
        if (style.width) {
            pango_layout_set_width(out.get(), pango_units_from_double(*style.width));
            pango_layout_set_wrap(out.get(), PANGO_WRAP_WORD_CHAR);
        }
        if (style.lines_max > 0) {
            pango_layout_set_height(out.get(), -style.lines_max);
            pango_layout_set_ellipsize(out.get(), PANGO_ELLIPSIZE_END);
        }
        return out;
    }

    void use(Ink const& ink) const {
        cairo_set_source_rgb(pen.get(), ink.red, ink.green, ink.blue);
    }

    void stroke(Stroke const& stroke) const {
        use(stroke.ink);
        cairo_set_line_width(pen.get(), stroke.width);
        cairo_set_dash(
            pen.get(), stroke.dashes.data(), static_cast<int>(stroke.dashes.size()), 0.0
        );
        cairo_set_line_join(pen.get(), CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(pen.get());
    }

    /// Starts anew: text leaves the pen where it began.
    void path(std::span<Point const> points) const {
        cairo_new_path(pen.get());
        for (auto const& point : points) {
            cairo_line_to(pen.get(), point.x, point.y);
        }
    }

    std::string bytes{};
    Surface surface;
    Pen pen;
    Context context;
    std::int64_t unknown = 0;
};

Document::Document(DocumentSettings const& settings, Fonts const& fonts)
    : state_(std::make_unique<State>(settings, fonts.state_->map)) {}

Document::~Document() = default;

void Document::next_page() {
    cairo_show_page(state_->pen.get());
}

double Document::text(Point at, std::string const& words, TextStyle const& style) {
    auto const layout = state_->layout(words, style);
    PangoRectangle size{};
    pango_layout_get_extents(layout.get(), nullptr, &size);
    double const width = pango_units_to_double(size.width);
    double x = at.x;
    if (!style.width && style.align != Align::left) {
        x -= style.align == Align::right ? width : width / 2.0;
    }
    state_->use(style.ink);
    cairo_move_to(state_->pen.get(), x, at.y);
    pango_cairo_show_layout(state_->pen.get(), layout.get());
    state_->unknown += pango_layout_get_unknown_glyphs_count(layout.get());
    return pango_units_to_double(size.height);
}

double Document::height_of(std::string const& words, TextStyle const& style) {
    PangoRectangle size{};
    pango_layout_get_extents(state_->layout(words, style).get(), nullptr, &size);
    return pango_units_to_double(size.height);
}

double Document::width_of(std::string const& words, TextStyle const& style) {
    PangoRectangle size{};
    pango_layout_get_extents(state_->layout(words, style).get(), nullptr, &size);
    return pango_units_to_double(size.width);
}

void Document::line(Point from, Point to, Stroke const& stroke) {
    curve(std::array{from, to}, stroke);
}

void Document::curve(std::span<Point const> points, Stroke const& stroke) {
    state_->path(points);
    state_->stroke(stroke);
}

void Document::fill(std::span<Point const> corners, Ink const& ink) {
    state_->path(corners);
    cairo_close_path(state_->pen.get());
    state_->use(ink);
    cairo_fill(state_->pen.get());
}

void Document::fill_box(Point corner, double width, double height, Ink const& ink) {
    cairo_new_path(state_->pen.get());
    cairo_rectangle(state_->pen.get(), corner.x, corner.y, width, height);
    state_->use(ink);
    cairo_fill(state_->pen.get());
}

void Document::box(Point corner, double width, double height, Stroke const& stroke) {
    cairo_new_path(state_->pen.get());
    cairo_rectangle(state_->pen.get(), corner.x, corner.y, width, height);
    state_->stroke(stroke);
}

void Document::fill_circle(Point centre, double radius, Ink const& ink) {
    cairo_new_path(state_->pen.get());
    cairo_arc(state_->pen.get(), centre.x, centre.y, radius, 0.0, 2.0 * std::numbers::pi);
    state_->use(ink);
    cairo_fill(state_->pen.get());
}

std::int64_t Document::unknown_letters() const noexcept {
    return state_->unknown;
}

std::string Document::finish() {
    cairo_surface_finish(state_->surface.get());
    auto const status = cairo_surface_status(state_->surface.get());
    if (status == CAIRO_STATUS_NO_MEMORY) {
        throw Failure{Code::out_of_memory, "memory is short for writing a PDF"};
    }
    if (status != CAIRO_STATUS_SUCCESS) {
        throw Failure{
            Code::internal,
            std::string{"cairo cannot write a PDF: "} + cairo_status_to_string(status)};
    }
    return std::move(state_->bytes);
}

} // namespace stemlathe::pdf
