#include "host/comments/wishes.hpp"

#include "host/comments/stem_words.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace stemlathe {

namespace {

using WordList = std::vector<std::string>;
using Phrases = std::span<std::string_view const>;

// Words as words_of gives them; an asterisk stands for any ending.
constexpr std::array<std::string_view, 10> kSibilance{
    "sibilan*", "ess", "esses", "essy", "ss", "sss*", "de ess*", "deess*", "spitty", "hissy"};
constexpr std::array<std::string_view, 13> kHarshness{
    "harsh*",
    "shrill*",
    "pierc*",
    "strident",
    "brittle",
    "edgy",
    "hurt my ears",
    "hurts",
    "abrasive",
    "screech*",
    "too bright",
    "too sharp",
    "scratchy"};
constexpr std::array<std::string_view, 6> kNose{
    "nasal*", "honk*", "boxy", "boxiness", "telephone*", "cardboard"};
constexpr std::array<std::string_view, 7> kMud{
    "mud", "muddy", "muddiness", "woolly", "wooly", "murky", "too thick"};
constexpr std::array<std::string_view, 7> kBoom{
    "boom*", "tubby", "bloated", "flabby", "bassy", "too much low end", "too much lows"};
constexpr std::array<std::string_view, 1> kRumble{"rumbl*"};
constexpr std::array<std::string_view, 12> kBody{
    "thin",
    "thinner",
    "too thin",
    "tinny",
    "skinny",
    "lacks body",
    "needs body",
    "more body",
    "no body",
    "lacks warmth",
    "more warmth",
    "needs warmth"};
constexpr std::array<std::string_view, 15> kAir{
    "dull*",
    "muffled",
    "too dark",
    "needs air",
    "more air",
    "lacks air",
    "more sparkle",
    "lacks sparkle",
    "more presence",
    "lacks presence",
    "needs presence",
    "more clarity",
    "lacks clarity",
    "brighter",
    "not bright enough"};
constexpr std::array<std::string_view, 27> kQuieter{
    "too loud",     "so loud",        "very loud",  "too hot",       "too prominent", "too forward",
    "too present",  "too dominant",   "overpower*", "overwhelm*",    "dominat*",      "sticks out",
    "stick out",    "sticking out",   "jumps out",  "jump out",      "pokes out",     "turn down",
    "turn it down", "turn them down", "bring down", "bring it down", "pull down",     "lower",
    "quieter",      "softer",         "less loud"};
constexpr std::array<std::string_view, 36> kLouder{"too quiet",    "too soft",
                                                   "too low",      "too faint",
                                                   "cant hear",    "cannot hear",
                                                   "can not hear", "hardly hear",
                                                   "barely hear",  "barely audible",
                                                   "hard to hear", "inaudible",
                                                   "not audible",  "buried",
                                                   "lost",         "lose",
                                                   "losing",       "drown*",
                                                   "swamped",      "disappear*",
                                                   "vanish*",      "covers",
                                                   "cover",        "covered",
                                                   "covering",     "mask*",
                                                   "turn up",      "turn it up",
                                                   "bring up",     "bring it up",
                                                   "louder",       "not loud enough",
                                                   "too far back", "in the background",
                                                   "hidden",       "need to hear"};

struct Rule {
    Wish wish;
    Phrases phrases;
};

/// Where two fit at the same word the longer phrase counts: "too much low end" is no "too much".
constexpr std::array<Rule, 10> kRules{{
    {Wish::less_sibilance, kSibilance},
    {Wish::less_harshness, kHarshness},
    {Wish::less_nose, kNose},
    {Wish::less_mud, kMud},
    {Wish::less_boom, kBoom},
    {Wish::less_rumble, kRumble},
    {Wish::more_body, kBody},
    {Wish::more_air, kAir},
    {Wish::quieter, kQuieter},
    {Wish::louder, kLouder},
}};

constexpr std::array<std::string_view, 24> kPraise{
    "love",        "lovely",  "loving",     "perfect",     "perfectly", "beautiful",
    "gorgeous",    "great",   "amazing",    "awesome",     "fantastic", "wonderful",
    "excellent",   "i like",  "we like",    "keep",        "leave",     "dont touch",
    "dont change", "spot on", "works well", "sounds good", "is good",   "is nice"};
/// "would be great", "I'd love more", "not great" are no praise.
constexpr std::array<std::string_view, 10> kWishful{
    "would", "id", "wed", "could", "if", "not", "isnt", "dont", "doesnt", "cant"};
constexpr std::array<std::string_view, 15> kNegations{
    "not",
    "isnt",
    "arent",
    "wasnt",
    "werent",
    "no",
    "never",
    "without",
    "dont",
    "doesnt",
    "didnt",
    "aint",
    "nothing",
    "hardly",
    "longer"};
constexpr std::array<std::string_view, 7> kTurns{
    "but", "however", "though", "although", "yet", "except", "while"};
constexpr std::size_t kNegationReach = 3; // "not at all harsh"
constexpr std::size_t kWishfulReach = 2;

struct Clause {
    WordList words{};
    bool is_turn = false; ///< begins with "but" or the like
};

bool fits(std::string_view word, std::string_view pattern) {
    return pattern.ends_with('*') ? word.starts_with(pattern.substr(0, pattern.size() - 1))
                                  : word == pattern;
}

/// How many words from `at` on are the phrase, or 0.
std::size_t phrase_at(WordList const& words, std::size_t at, std::string_view phrase) {
    std::size_t count = 0;
    while (!phrase.empty()) {
        auto const end = std::min(phrase.find(' '), phrase.size());
        if (at + count >= words.size() || !fits(words[at + count], phrase.substr(0, end))) {
            return 0;
        }
        ++count;
        phrase.remove_prefix(std::min(end + 1, phrase.size()));
    }
    return count;
}

std::size_t longest_at(WordList const& words, std::size_t at, Phrases phrases) {
    std::size_t longest = 0;
    for (auto const phrase : phrases) {
        longest = std::max(longest, phrase_at(words, at, phrase));
    }
    return longest;
}

/// Whether one of `words` stands at most `reach` words before `at`.
bool follows(WordList const& text, std::size_t at, Phrases words, std::size_t reach) {
    for (std::size_t i = at - std::min(at, reach); i < at; ++i) {
        if (std::ranges::find(words, text[i]) != words.end()) {
            return true;
        }
    }
    return false;
}

bool has_praise(Clause const& clause) {
    for (std::size_t at = 0; at < clause.words.size(); ++at) {
        if (longest_at(clause.words, at, kPraise) > 0 &&
            !follows(clause.words, at, kWishful, kWishfulReach)) {
            return true;
        }
    }
    return false;
}

/// Parts between punctuation, and from each "but" on.
std::vector<Clause> clauses_of(std::string_view text) {
    std::vector<Clause> clauses;
    while (!text.empty()) {
        auto const end = std::min(text.find_first_of(",;.!?:()"), text.size());
        clauses.emplace_back();
        for (auto& word : words_of(text.substr(0, end))) {
            bool const is_turn = std::ranges::find(kTurns, word) != kTurns.end();
            if (is_turn) {
                clauses.push_back({.is_turn = true});
            } else {
                clauses.back().words.push_back(std::move(word));
            }
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return clauses;
}

std::string joined(WordList const& words) {
    std::string out;
    for (auto const& word : words) {
        out += word + " ";
    }
    return out;
}

/// "less bass", "too much of the reverb", "more vocals": a stem right behind the words.
std::optional<Wish>
wish_for_stem(WordList const& words, std::size_t at, std::span<Stem const> stems) {
    constexpr std::array<std::string_view, 3> kBetween{"of", "the", "that"};
    bool const is_too_much = phrase_at(words, at, "too much") > 0;
    bool const is_less = words[at] == "less" || is_too_much;
    auto next = at + (is_too_much ? 2 : 1);
    while (next < words.size() && std::ranges::find(kBetween, words[next]) != kBetween.end()) {
        ++next;
    }
    if ((!is_less && words[at] != "more") || next >= words.size() ||
        stems_named_in(words[next], stems).empty()) {
        return std::nullopt;
    }
    return is_less ? Wish::quieter : Wish::louder;
}

bool is_for_a_band(StatedWish const& stated) noexcept {
    return stated.wish != Wish::quieter && stated.wish != Wish::louder;
}

void take_wishes(
    Clause const& clause, std::span<Stem const> stems, std::vector<StatedWish>& wishes
) {
    auto const& words = clause.words;
    auto const named = stems_named_in(joined(words), stems);
    auto const first = std::ssize(wishes);
    for (std::size_t at = 0; at < words.size();) {
        std::size_t longest = 0;
        auto wish = wish_for_stem(words, at, stems);
        for (auto const& rule : kRules) {
            if (auto const length = longest_at(words, at, rule.phrases); length > longest) {
                longest = length;
                wish = rule.wish;
            }
        }
        if (wish && !follows(words, at, kNegations, kNegationReach)) {
            wishes.push_back({.wish = *wish, .stems = named});
        }
        at += std::max<std::size_t>(longest, 1);
    }
    // "sibilance is too harsh" is about one thing.
    auto const begin = wishes.begin() + first;
    auto const has_esses =
        std::ranges::find(begin, wishes.end(), Wish::less_sibilance, &StatedWish::wish);
    if (has_esses != wishes.end()) {
        auto const gone = std::remove_if(begin, wishes.end(), [](StatedWish const& stated) {
            return stated.wish == Wish::less_harshness;
        });
        wishes.erase(gone, wishes.end());
    }
    // "turn down the harshness" is about the harshness.
    std::stable_partition(wishes.begin() + first, wishes.end(), is_for_a_band);
}

} // namespace

std::vector<StatedWish> wishes_in(std::string_view text, std::span<Stem const> stems) {
    std::vector<StatedWish> wishes;
    for (auto const& clause : clauses_of(text)) {
        if (!has_praise(clause)) {
            take_wishes(clause, stems, wishes);
        } else if (clause.is_turn) { // "too harsh, but I like it"
            wishes.clear();
        }
    }
    return wishes;
}

BandRemedy remedy_for(Wish wish) noexcept {
    switch (wish) {
    case Wish::less_sibilance:
        return {{"sibilance", ""}, true};
    case Wish::less_harshness:
        return {{"presence", "sibilance"}, true};
    case Wish::less_nose:
        return {{"mid", ""}, true};
    case Wish::less_mud:
        return {{"low-mid", ""}, true};
    case Wish::less_boom:
        return {{"low", "low-mid"}, true};
    case Wish::less_rumble:
        return {{"low", ""}, true};
    case Wish::more_body:
        return {{"low-mid", ""}, false};
    case Wish::more_air:
        return {{"presence", "air"}, false};
    case Wish::quieter:
    case Wish::louder:
        break;
    }
    return {};
}

} // namespace stemlathe
