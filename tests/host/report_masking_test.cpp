#include "host/demo/noise.hpp"
#include "host/report/report_html.hpp"
#include "tests/host/page_checks.hpp"
#include "tests/host/sample_masking.hpp"
#include "tests/host/sample_report.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

constexpr auto kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr auto kInfinite = std::numeric_limits<double>::infinity();

/// One page for the tests that only read it.
/// STEMLATHE_SHOW=<file> keeps it for people who want to look at it.
std::string const& page() {
    static auto const text = [] {
        auto made = report_html(sample_report_with_masking());
        if (auto const* file = std::getenv("STEMLATHE_SHOW")) {
            std::ofstream{file} << made;
        }
        return made;
    }();
    return text;
}

/// What a browser shows: the page without its tags and style sheet, in small letters.
std::string words_of(std::string const& text) {
    std::string out;
    bool in_tag = false;
    for (char const c : text.substr(text.find("</style>"))) {
        in_tag = c == '<' || (in_tag && c != '>');
        auto const letter = static_cast<unsigned char>(c);
        out += in_tag || std::isalpha(letter) == 0 ? ' ' : static_cast<char>(std::tolower(letter));
    }
    return " " + out + " ";
}

void expect_drawable(std::string const& text) {
    for (auto const& path : attributes(text, "d")) {
        EXPECT_EQ(path.find_first_not_of("MLHVZmlhvz0123456789., -"), std::string::npos) << path;
    }
    for (auto const& style : attributes(text, "style")) {
        EXPECT_EQ(style.find("nan"), std::string::npos) << style;
        EXPECT_EQ(style.find("inf"), std::string::npos) << style;
    }
}

TEST(MaskingReport, GivesEveryFindingACardOrARow) {
    auto const ids = attributes(page(), "id");
    for (std::size_t i = 1; i <= 13; ++i) {
        EXPECT_EQ(std::ranges::count(ids, fmt::format("finding-{}", i)), 1) << i;
    }
    EXPECT_EQ(count_of(page(), R"(<article class="finding")"), 10U);
    EXPECT_NE(page().find("Three findings of less weight"), std::string::npos);
}

TEST(MaskingReport, GivesEveryCommentACardAndEveryMomentAFlag) {
    EXPECT_EQ(count_of(page(), R"(<article class="comment")"), 3U);
    EXPECT_EQ(count_of(page(), R"(class="pin flag)"), 2U); // the third is about the whole song
    EXPECT_NE(page().find("No time was given, so nothing was measured"), std::string::npos);
    EXPECT_NE(
        page().find("Vocals -2.5 dB at 5 to 9 kHz, 0:46.8 to 0:48.1: sibilance"), std::string::npos
    );
}

TEST(MaskingReport, LeadsEveryLinkToSomethingOnThePage) {
    auto const ids = attributes(page(), "id");
    std::set<std::string> const there{ids.begin(), ids.end()};
    EXPECT_EQ(there.size(), ids.size()) << "an id stands twice";
    auto const links = attributes(page(), "href");
    EXPECT_GT(links.size(), 20U);
    for (auto const& link : links) {
        EXPECT_TRUE(link.starts_with('#') && there.contains(link.substr(1))) << link;
    }
}

TEST(MaskingReport, HasItsPartsInTheOrderOfTheWork) {
    std::size_t before = 0;
    for (auto const* id :
         {"summary",
          "deliveries",
          "timeline",
          "findings",
          "masking-over-time-and-frequency",
          "who-masks-whom",
          "comments",
          "loudness-over-time",
          "gain-reduction",
          "stems",
          "intake",
          "timing-and-engine"}) {
        auto const at = page().find(fmt::format(R"(<section id="{}">)", id));
        ASSERT_NE(at, std::string::npos) << id;
        EXPECT_GT(at, before) << id;
        before = at;
    }
}

TEST(MaskingReport, NeverSkipsALevelOfHeadings) {
    int level = 0;
    for (auto at = page().find("<h"); at != std::string::npos; at = page().find("<h", at + 1)) {
        if (std::isdigit(static_cast<unsigned char>(page()[at + 2])) != 0) {
            int const next = page()[at + 2] - '0';
            EXPECT_LE(next, level + 1) << page().substr(at, 60);
            level = next;
        }
    }
    EXPECT_GT(level, 1);
}

TEST(MaskingReport, DescribesEveryPictureThatIsNotDecoration) {
    int described = 0;
    for (auto at = page().find("<svg"); at != std::string::npos; at = page().find("<svg", at + 1)) {
        auto const tag = page().substr(at, page().find('>', at) - at);
        bool const is_described = tag.find(R"(role="img" aria-label=")") != std::string::npos;
        described += is_described ? 1 : 0;
        EXPECT_TRUE(is_described || tag.find(R"(aria-hidden="true")") != std::string::npos) << tag;
    }
    EXPECT_GT(described, 20);
    EXPECT_EQ(count_of(page(), R"(aria-label="")"), 0U);
}

TEST(MaskingReport, EscapesEveryName) {
    EXPECT_NE(page().find("Guitars &amp; &lt;Keys&gt;"), std::string::npos);
    for (auto const* raw : {"<Keys>", "<too>", "<vocals>", "<to>"}) {
        EXPECT_EQ(page().find(raw), std::string::npos) << raw;
    }
    EXPECT_TRUE(is_well_nested(page()));
}

TEST(MaskingReport, AsksTheNetworkForNothing) {
    for (auto const* word : {"http:", "https:", "src=", "url(", "@import", "<script", "<iframe"}) {
        EXPECT_EQ(page().find(word), std::string::npos) << word;
    }
    EXPECT_NE(page().find("default-src 'none';style-src 'unsafe-inline'"), std::string::npos);
}

/// Reference "masking-and-dynamics", section 0.1: margins in dB are shown, loudness lost is not.
TEST(MaskingReport, SpeaksOfMarginsOnly) {
    auto const words = words_of(page());
    for (auto const* word :
         {" sone ",
          " sones ",
          " phon ",
          " phons ",
          " loudness lost ",
          " loudness loss ",
          " partial loudness ",
          " audible "}) {
        EXPECT_EQ(words.find(word), std::string::npos) << word;
    }
    EXPECT_NE(words.find(" margin "), std::string::npos);
}

TEST(MaskingReport, SumsUpInSentencesWithFigures) {
    auto const summary = page().substr(page().find(R"(<section id="summary">)"));
    for (auto const* sentence :
         {"One of five deliveries misses its spec: streaming −14.0, cd −12.5",
          "1:02 – 1:19 at 1.8–3.4 kHz, with a margin of 2.1 dB where 6.0 dB is wanted",
          "was applied: 5.4 dB measured.",
          "With eleven fixes applied the masking score goes from 2.64 to 1.71 dB (−35 %",
          "Three comments were measured at their moment; two lead to a proposal, of which one",
          "Intake accepted the stems with one warning."}) {
        EXPECT_LT(summary.find(sentence), summary.find("</section>")) << sentence;
    }
}

TEST(MaskingReport, SaysWhatWasDoneAboutAFinding) {
    EXPECT_NE(
        page().find("<b>✓ Applied</b> Guitars &amp; &lt;Keys&gt; −3.5 dB at 2.47 kHz "
                    "(bell, Q 1.3), keyed by Vocals."),
        std::string::npos
    );
    EXPECT_NE(page().find("<b>Proposed, not applied</b> Vocals −3.5 dB"), std::string::npos);
    EXPECT_NE(page().find("it would have taken 0.7 dB from &lt;vocals&gt;"), std::string::npos);
    EXPECT_NE(page().find("FX panned 30 % right"), std::string::npos);
    EXPECT_EQ(count_of(page(), "No fix is proposed."), 1U);
}

TEST(MaskingReport, LeavesThePageAsItWasWithoutMaskingAndComments) {
    auto const plain = report_html(sample_report());
    for (auto const* part :
         {"<nav",
          R"(id="summary")",
          R"(class="timeline")",
          R"(class="finding")",
          R"(class="maps")",
          R"(class="pairs")",
          R"(class="comment")"}) {
        EXPECT_EQ(plain.find(part), std::string::npos) << part;
        EXPECT_NE(page().find(part), std::string::npos) << part;
    }
}

TEST(MaskingReport, ShowsCommentsWithoutMasking) {
    auto report = sample_report_with_masking();
    report.masking = std::nullopt;
    auto const text = report_html(report);
    EXPECT_EQ(count_of(text, R"(<article class="comment")"), 3U);
    EXPECT_EQ(count_of(text, R"(class="pin flag)"), 2U);
    EXPECT_EQ(text.find(R"(href="#finding)"), std::string::npos);
    EXPECT_TRUE(is_well_nested(text));
}

/// Relative luminance of "#rrggbb"; WCAG 2.1.
double luminance(std::string const& colour) {
    double sum = 0.0;
    constexpr std::array<double, 3> kWeights{0.2126, 0.7152, 0.0722};
    for (std::size_t i = 0; i < kWeights.size(); ++i) {
        double const part = std::stoi(colour.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
        double const linear =
            part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
        sum += kWeights.at(i) * linear;
    }
    return sum;
}

/// Light is the first scheme of the style sheet, dark the second.
TEST(MaskingReport, OrdersSeveritiesByLuminanceInBothSchemes) {
    constexpr double kApart = 1.4; // contrast of neighbours: to be told apart without hues
    auto at = page().find("--v1:#");
    for (bool const is_dark : {false, true}) {
        std::vector<double> light;
        for (auto const* name : {"--v1:", "--v2:", "--v3:", "--v4:", "--v5:"}) {
            light.push_back(luminance(page().substr(page().find(name, at) + 5, 7)) + 0.05);
        }
        for (std::size_t i = 1; i < light.size(); ++i) {
            auto const worse = light[i - 1];
            EXPECT_GT(is_dark ? worse / light[i] : light[i] / worse, kApart) << is_dark << i;
        }
        at = page().find("--v1:#", at + 1);
    }
}

TEST(MaskingReport, SaysSoWhereNothingIsMasked) {
    auto report = sample_report_with_masking();
    report.masking = MaskingReading{.profile = "music", .field = "diffuse"};
    report.comments = std::vector<CommentReading>{};
    auto const text = report_html(report);
    EXPECT_NE(text.find("No stem masks another"), std::string::npos);
    EXPECT_NE(text.find("There were no comments."), std::string::npos);
    EXPECT_TRUE(is_well_nested(text));
}

TEST(MaskingReport, DrawsNumbersWhateverTheAnalysisSays) {
    expect_drawable(page());
    auto report = sample_report_with_masking();
    auto masking = report.masking.value_or(MaskingReading{});
    masking.maps.at(0).margin_db.assign(masking.maps.at(0).margin_db.size(), -INFINITY);
    masking.maps.at(1).margin_db.assign(masking.maps.at(1).margin_db.size(), kNaN);
    masking.maps.at(2).margin_db.resize(7); // less than a column
    masking.findings.at(0).picture.masked_db.assign(75, -INFINITY);
    masking.findings.at(0).picture.threshold_db[3] = kNaN;
    masking.findings.at(1).picture = {};
    masking.findings.at(2).end_s = 1e6;
    masking.findings.at(2).start_s = -5.0;
    masking.findings.at(3).margin_db = -kInfinite;
    report.stems[0].peak.assign(5, kNaN);
    report.stems[1].peak.clear();
    report.masking = masking;
    auto comments = report.comments.value_or(std::vector<CommentReading>{});
    comments.at(1).measurements.masking_findings = {99};
    comments.at(1).measurements.stem_levels.at(0).against_median_db = kInfinite;
    report.comments = comments;
    auto const text = report_html(report);
    expect_drawable(text);
    EXPECT_TRUE(is_well_nested(text));
}

TEST(MaskingReport, StaysWholeForASongOfNoLength) {
    auto report = sample_report_with_masking();
    report.duration_s = 0.0;
    report.deliveries.clear();
    auto const text = report_html(report);
    EXPECT_TRUE(is_well_nested(text));
    expect_drawable(text);
    EXPECT_EQ(count_of(text, R"(<article class="finding")"), 10U);
}

TEST(MaskingReport, StaysSmallForTheMostRestlessMaps) {
    constexpr std::size_t kMapBytes = 250'000; // of five stems, 600 columns, 75 bands
    auto const maps_of = [](std::string const& text) {
        auto const from = text.find(R"(<figure class="maps">)");
        return text.find("</figure>", from) - from;
    };
    EXPECT_LT(maps_of(page()), kMapBytes);
    EXPECT_LT(page().size(), 2 * kMapBytes);
    auto report = sample_report_with_masking();
    demo::Noise noise{3};
    auto masking = report.masking.value_or(MaskingReading{});
    for (auto& map : masking.maps) {
        std::ranges::generate(map.margin_db, [&] {
            return static_cast<float>(10.0 + 20.0 * noise.next());
        });
    }
    report.masking = masking;
    EXPECT_LT(maps_of(report_html(report)), kMapBytes);
}

} // namespace

} // namespace stemlathe::test
