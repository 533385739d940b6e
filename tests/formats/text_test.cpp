#include "formats/text.hpp"

#include <gtest/gtest.h>

namespace stemlathe::formats {

namespace {

TEST(Isrc, TakesEverySpellingOfOne) {
    EXPECT_EQ(normalised_isrc("GBAYE6800011"), "GBAYE6800011");
    EXPECT_EQ(normalised_isrc("gb-aye-68-00011"), "GBAYE6800011");
    EXPECT_EQ(normalised_isrc("US S1Z 99 00001"), "USS1Z9900001");
}

TEST(Isrc, RefusesWhatIsNone) {
    for (auto const* wrong :
         {"",
          "GBAYE680001",
          "GBAYE68000111",
          "1BAYE6800011",
          "GBAYE680001A",
          "GB\xC3\x84YE680001"}) {
        EXPECT_FALSE(normalised_isrc(wrong)) << wrong;
    }
}

TEST(Upc, ChecksTheLastDigit) {
    EXPECT_EQ(normalised_upc("036000291452"), "0036000291452"); // GS1's own example
    EXPECT_EQ(normalised_upc("4006381333931"), "4006381333931");
    EXPECT_EQ(normalised_upc("0-36000-29145-2"), "0036000291452");
    for (auto const* wrong : {"", "036000291453", "12345", "40063813339310", "03600029145x"}) {
        EXPECT_FALSE(normalised_upc(wrong)) << wrong;
    }
}

TEST(Dates, AreReadWithAnySignBetweenTheNumbers) {
    for (auto const* text :
         {"2026-11-25", "2026_11_25", "2026:11:25", "2026.11.25", "2026 11 25"}) {
        EXPECT_EQ(normalised_date(text), "2026-11-25") << text;
    }
    for (auto const* wrong :
         {"",
          "0000-00-00",
          "2026-13-01",
          "2026-00-01",
          "2026-11-32",
          "2026-11-00",
          "2026-11-2",
          "20261111125",
          "2026x1112x",
          "26-11-2025",
          "yyyy-mm-dd",
          "2026-11-2 "}) {
        EXPECT_FALSE(normalised_date(wrong)) << wrong;
    }
}

TEST(Utf8, StaysAsItIs) {
    EXPECT_EQ(as_utf8("Höhe, 音楽, \xF0\x9F\x8E\xB5"), "Höhe, 音楽, \xF0\x9F\x8E\xB5");
}

TEST(Utf8, IsMadeOfLatin1) {
    EXPECT_EQ(as_utf8("H\xF6he"), "Höhe");
    EXPECT_EQ(as_utf8("\xC0\xAF"), "À¯"); // an overlong form is no UTF-8
}

TEST(Utf8, EndsAtTheFirstZeroAndLosesControlCharacters) {
    EXPECT_EQ(as_utf8(std::string_view{"abc\0def", 7}), "abc");
    EXPECT_EQ(as_utf8("a\r\nb\t \n"), "a  b");
    EXPECT_EQ(as_utf8("   "), "");
}

TEST(Ascii, KeepsLettersWithoutTheirAccents) {
    EXPECT_EQ(as_ascii("Sigur Rós, Motörhead, Ýñ"), "Sigur Ros, Motorhead, Yn");
    EXPECT_EQ(as_ascii("Straße"), "Strasse");
    EXPECT_EQ(as_ascii("音 a"), "? a");
    EXPECT_EQ(as_ascii("a\xFF"), "a?");
    EXPECT_TRUE(is_ascii(as_ascii("Ωß漢\xF0\x9F\x8E\xB5")));
}

TEST(Utf16, CountsPairsForLettersBeyondThe65536th) {
    EXPECT_EQ(as_utf16("aö"), u"aö");
    EXPECT_EQ(as_utf16("\xF0\x9F\x8E\xB5"), u"\U0001F3B5");
    EXPECT_EQ(as_utf16("\xED\xA0\x80"), u"\uFFFD\uFFFD\uFFFD"); // a lone surrogate
}

TEST(Xml, EscapesItsOwnSigns) {
    EXPECT_EQ(as_xml("a < b & c > d"), "a &lt; b &amp; c &gt; d");
}

} // namespace

} // namespace stemlathe::formats
