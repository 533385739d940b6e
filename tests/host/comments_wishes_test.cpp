#include "host/comments/wishes.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

std::vector<Stem> stems() {
    return {
        {.file = "01_Drums.wav", .role = Role::drums},
        {.file = "02_Bass.wav", .role = Role::bass},
        {.file = "03_Vocals.wav", .role = Role::vocals},
        {.file = "04_Instruments.wav", .role = Role::instruments}};
}

std::vector<Wish> wishes(std::string_view text) {
    std::vector<Wish> out;
    for (auto const& stated : wishes_in(text, stems())) {
        out.push_back(stated.wish);
    }
    return out;
}

TEST(Wishes, AreHeardInManyWords) {
    for (auto const& [text, wish] : std::vector<std::pair<char const*, Wish>>{
             {"vocal sibilance is too much", Wish::less_sibilance},
             {"the esses!", Wish::less_sibilance},
             {"S's are sharp", Wish::less_sibilance},
             {"needs a de-esser", Wish::less_sibilance},
             {"too HARSH", Wish::less_harshness},
             {"a bit shrill", Wish::less_harshness},
             {"turn down the harshness", Wish::less_harshness},
             {"nasal", Wish::less_nose},
             {"sounds honky", Wish::less_nose},
             {"boxy", Wish::less_nose},
             {"muddy", Wish::less_mud},
             {"boomy", Wish::less_boom},
             {"too much low end", Wish::less_boom},
             {"rumbles", Wish::less_rumble},
             {"too thin", Wish::more_body},
             {"needs body", Wish::more_body},
             {"dull", Wish::more_air},
             {"not bright enough", Wish::more_air},
             {"too loud", Wish::quieter},
             {"turn it down a bit", Wish::quieter},
             {"too much of the bass", Wish::quieter},
             {"less drums", Wish::quieter},
             {"guitars stick out", Wish::quieter},
             {"too quiet", Wish::louder},
             {"I can't hear the words", Wish::louder},
             {"I lose the words", Wish::louder},
             {"not loud enough", Wish::louder},
             {"buried", Wish::louder},
             {"the guitars cover the vocal", Wish::louder},
             {"more vocals", Wish::louder},
             {"could be louder", Wish::louder},
             {"would be great if the vocals were louder", Wish::louder}}) {
        ASSERT_FALSE(wishes(text).empty()) << text;
        EXPECT_EQ(wishes(text).front(), wish) << text;
    }
}

TEST(Wishes, AreTakenBackByPraiseAndNegation) {
    for (auto const* text :
         {"lovely",
          "the verse is lovely, please keep it open",
          "leave the drums as punchy as they are",
          "I love how harsh it is",
          "not harsh",
          "it isn't too loud",
          "no harshness here",
          "never too loud",
          "no longer boomy",
          "too harsh, but I like it",
          "too loud but great",
          "the bridge",
          ""}) {
        EXPECT_TRUE(wishes(text).empty()) << text;
    }
    EXPECT_EQ(wishes("I love it, but too harsh"), std::vector{Wish::less_harshness});
    EXPECT_EQ(wishes("great drums. vocals too loud"), std::vector{Wish::quieter});
    EXPECT_EQ(wishes("I'd love more vocals"), std::vector{Wish::louder});
    EXPECT_EQ(wishes("no, too loud"), std::vector{Wish::quieter}) << "another part of the sentence";
}

TEST(Wishes, KnowTheStemsOfTheirPartOfTheSentence) {
    auto const found = wishes_in("I lose the words here, the guitars are too loud", stems());
    std::vector<StatedWish> const expected{{Wish::louder, {2}}, {Wish::quieter, {3}}};
    EXPECT_EQ(found, expected);
    auto const both = wishes_in("too harsh and too loud", stems());
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0].wish, Wish::less_harshness);
    EXPECT_EQ(wishes("sibilance is too harsh"), std::vector{Wish::less_sibilance});
}

} // namespace

} // namespace stemlathe::test
