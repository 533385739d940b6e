#include "host/report/html/text.hpp"
#include "host/report/report_html.hpp"
#include "host/utf8.hpp"
#include "tests/host/page_checks.hpp"
#include "tests/host/sample_report.hpp"

#include <gtest/gtest.h>

#include <string>

namespace stemlathe::test {

namespace {

TEST(Escaped, LetsNothingOpenATagOrEndAQuote) {
    EXPECT_EQ(
        html::escaped("<script>alert('x') & \"y\"</script>\n"),
        "&lt;script&gt;alert(&#39;x&#39;) &amp; &quot;y&quot;&lt;/script&gt; "
    );
}

TEST(Escaped, ReplacesBytesThatAreNoText) {
    EXPECT_EQ(
        html::escaped("F\xFC\xDF"
                      "e"),
        "F\uFFFD\uFFFDe"
    );
}

TEST(ValidUtf8, KeepsWhatIsWellFormed) {
    for (std::string const text : {"", "abc", "Füße", "日本", "🎚", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_EQ(valid_utf8(text), text);
    }
}

TEST(ValidUtf8, ReplacesWhatIsNot) {
    EXPECT_EQ(valid_utf8("a\x80z"), "a\uFFFDz");                           // a tail alone
    EXPECT_EQ(valid_utf8("\xC3"), "\uFFFD");                               // cut off
    EXPECT_EQ(valid_utf8("\xC0\xAF"), "\uFFFD\uFFFD");                     // overlong
    EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");           // a surrogate
    EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD"); // beyond U+10FFFF
}

TEST(Figure, WritesATrueMinusAndNoNegativeZero) {
    EXPECT_EQ(html::figure(-14.02), "−14.0");
    EXPECT_EQ(html::figure(-0.004, 2), "0.00");
    EXPECT_EQ(html::figure(std::nullopt), "–");
}

TEST(Clock, CountsHoursOnlyWhereThereAreSome) {
    EXPECT_EQ(html::clock(187.4), "3:07");
    EXPECT_EQ(html::clock(3723.0), "1:02:03");
}

TEST(ReportHtml, EscapesEveryName) {
    auto const page = report_html(sample_report());
    EXPECT_NE(page.find("Fire &amp; &lt;Water&gt;"), std::string::npos);
    EXPECT_NE(page.find("&quot;The&quot; &#39;Band&#39;"), std::string::npos);
    EXPECT_NE(page.find("02_&lt;b&gt;.wav"), std::string::npos);
    EXPECT_EQ(page.find("<Water>"), std::string::npos);
    EXPECT_EQ(page.find("02_<b>"), std::string::npos);
    EXPECT_EQ(page.find("<to>"), std::string::npos);
    EXPECT_EQ(page.find("<fast>"), std::string::npos);
}

TEST(ReportHtml, IsWellNested) {
    EXPECT_TRUE(is_well_nested(report_html(sample_report())));
    EXPECT_TRUE(is_well_nested(report_html(MasteringReport{})));
}

TEST(ReportHtml, AsksTheNetworkForNothing) {
    auto const page = report_html(sample_report());
    for (auto const* word : {"http:", "https:", "src=", "url(", "@import", "<script"}) {
        EXPECT_EQ(page.find(word), std::string::npos) << word;
    }
    for (auto const& link : attributes(page, "href")) {
        EXPECT_TRUE(link.starts_with('#')) << link;
    }
}

TEST(ReportHtml, SaysVerdictsInWords) {
    auto const page = report_html(sample_report());
    EXPECT_NE(page.find("1 of 2 deliveries misses its spec"), std::string::npos);
    EXPECT_NE(page.find("misses spec"), std::string::npos);
    EXPECT_NE(page.find("cd is at -12.5 LUFS; it must lie within -12 to -9"), std::string::npos);
    auto good = sample_report();
    good.deliveries.pop_back();
    EXPECT_NE(report_html(good).find("The delivery is within spec"), std::string::npos);
}

TEST(ReportHtml, DrawsALineForTheMixAndEachDeliveryAndALaneForEachStage) {
    auto const page = report_html(sample_report());
    auto const lines = page.substr(page.find("Loudness over time"));
    auto const picture = lines.substr(lines.find(R"(<div class="plot">)"), lines.find("</figure>"));
    EXPECT_EQ(count_of(picture.substr(0, picture.find("</svg>")), R"(class="line)"), 3U);
    EXPECT_EQ(count_of(page, R"(class="lane")"), 4U); // two limiters, two bands
}

TEST(ReportHtml, KeepsItsSizeForAVeryLongSong) {
    auto report = sample_report();
    auto const usual = report_html(report);
    report.mix_short_term_lufs.resize(72'000, -20.0F); // two hours
    EXPECT_LT(report_html(report).size(), usual.size() + 10'000);
}

} // namespace

} // namespace stemlathe::test
