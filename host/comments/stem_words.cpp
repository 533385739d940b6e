#include "host/comments/stem_words.hpp"

#include "host/comments/clock.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::size_t kLabel_letters_min = 3; // "a.wav" does not answer to every "a"

/// Phrases first: the first entry that fits at a word is what it means.
constexpr std::array<std::pair<std::string_view, Role>, 18> kPhrases{
    {{"bass drum", Role::drums},
     {"kick drum", Role::drums},
     {"drum bus", Role::drums},
     {"drum kit", Role::drums},
     {"hi hat", Role::drums},
     {"high hat", Role::drums},
     {"bass guitar", Role::bass},
     {"bass line", Role::bass},
     {"bass synth", Role::bass},
     {"synth bass", Role::bass},
     {"sub bass", Role::bass},
     {"lead vocal", Role::vocals},
     {"lead singer", Role::vocals},
     {"vocal reverb", Role::vocals},
     {"vocal delay", Role::vocals},
     {"lead guitar", Role::instruments},
     {"lead synth", Role::instruments},
     {"lead line", Role::instruments}}};

using Words = std::span<std::string_view const>;

// As `plain` gives them.
constexpr std::array<std::string_view, 16> kVocals{
    "vocal",
    "singer",
    "singing",
    "lyric",
    "word",
    "choir",
    "rap",
    "rapper",
    "backing",
    "bv",
    "adlib",
    "harmonie",
    "harmony",
    "acapella",
    "vocalist",
    "chorister"};
constexpr std::array<std::string_view, 14> kDrums{
    "drum",
    "drummer",
    "kick",
    "snare",
    "hat",
    "cymbal",
    "tom",
    "clap",
    "shaker",
    "perc",
    "percussion",
    "overhead",
    "beat",
    "tambourine"};
constexpr std::array<std::string_view, 5> kBass{"bass", "bassline", "bassist", "sub", "808"};
constexpr std::array<std::string_view, 26> kInstruments{
    "instrument", "instrumental", "guitar", "keys",     "keyboard", "synth",  "piano",
    "organ",      "rhode",        "clav",   "pad",      "string",   "violin", "cello",
    "horn",       "brass",        "sax",    "trumpet",  "flute",    "harp",   "chord",
    "arp",        "pluck",        "banjo",  "mandolin", "ukulele"};
constexpr std::array<std::string_view, 13> kFx{
    "fx",
    "sfx",
    "effect",
    "riser",
    "sweep",
    "whoosh",
    "impact",
    "atmo",
    "ambience",
    "foley",
    "reverb",
    "delay",
    "echo"};
constexpr std::array<std::pair<Role, Words>, 5> kRoleWords{{
    {Role::vocals, kVocals},
    {Role::drums, kDrums},
    {Role::bass, kBass},
    {Role::instruments, kInstruments},
    {Role::fx, kFx},
}};

using WordList = std::vector<std::string>;

/// One spelling of words that mean the same in labels and remarks: "Vox", "voices", "vocals".
std::string plain(std::string word) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSame{
        {{"vox", "vocal"},
         {"voc", "vocal"},
         {"voice", "vocal"},
         {"gtr", "guitar"},
         {"bgv", "backing"},
         {"hihat", "hat"}}};
    if (word.size() > kLabel_letters_min && word.ends_with('s') && !word.ends_with("ss")) {
        word.pop_back();
    }
    for (auto const& [other, usual] : kSame) {
        word = word == other ? usual : word;
    }
    return word;
}

bool is_in_word(char c) noexcept {
    return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80U;
}

/// "03_LeadVox.wav" -> lead, vox.
WordList label_words(std::string const& file) {
    auto const name = std::string_view{file}.substr(0, file.rfind('.'));
    std::string apart;
    for (std::size_t i = 0; i < name.size(); ++i) {
        bool const is_hump =
            i > 0 && name[i] >= 'A' && name[i] <= 'Z' && name[i - 1] >= 'a' && name[i - 1] <= 'z';
        apart += is_hump ? " " : "";
        apart += name[i] == '_' ? ' ' : name[i];
    }
    auto words = words_of(apart);
    if (words.size() > 1 && std::ranges::all_of(words.front(), is_digit)) {
        words.erase(words.begin());
    }
    return words;
}

std::string joined(WordList const& words) {
    std::string out;
    for (auto const& word : words) {
        out += word;
    }
    return out;
}

/// How many words from `at` on are the label: all of its own, or one that is them run together.
std::size_t label_at(WordList const& text, std::size_t at, WordList const& label) {
    auto const whole = joined(label);
    if (whole.size() < kLabel_letters_min) {
        return 0;
    }
    if (text[at] == whole) {
        return 1;
    }
    bool const fits = at + label.size() <= text.size();
    for (std::size_t i = 0; fits && i < label.size(); ++i) {
        if (plain(text[at + i]) != plain(label[i])) {
            return 0;
        }
    }
    return fits ? label.size() : 0;
}

std::optional<Role> role_of(std::string const& word) {
    for (auto const& [role, known] : kRoleWords) {
        if (std::ranges::find(known, word) != known.end() ||
            std::ranges::find(known, plain(word)) != known.end()) {
            return role;
        }
    }
    return std::nullopt;
}

/// A role named at word `at`, and how many words that takes.
std::optional<std::pair<Role, std::size_t>> role_at(WordList const& text, std::size_t at) {
    if (at + 1 < text.size()) {
        auto const two = plain(text[at]) + " " + plain(text[at + 1]);
        for (auto const& [phrase, role] : kPhrases) {
            if (two == phrase) {
                return std::pair{role, std::size_t{2}};
            }
        }
    }
    auto const role = role_of(text[at]);
    return role ? std::optional{std::pair{*role, std::size_t{1}}} : std::nullopt;
}

/// Of the stems with that role the one whose label says most of the text and least else, all of
/// them where no label says any: "backing vocals" is Backing_Vox, "snare" is Snare_Top.
std::vector<std::size_t> stems_with(
    Role role,
    WordList const& text,
    std::span<Stem const> stems,
    std::vector<WordList> const& labels
) {
    using Fit = std::pair<std::ptrdiff_t, std::ptrdiff_t>; // words shared, words that are not
    std::vector<std::size_t> found;
    Fit best{0, 0};
    for (std::size_t i = 0; i < stems.size(); ++i) {
        if (stems[i].role != role) {
            continue;
        }
        auto const shared = std::ranges::count_if(labels[i], [&](std::string const& word) {
            return std::ranges::find(text, plain(word), plain) != text.end();
        });
        Fit const fit{shared, shared > 0 ? shared - std::ssize(labels[i]) : 0};
        if (fit > best) {
            found.clear();
            best = fit;
        }
        if (fit == best) {
            found.push_back(i);
        }
    }
    return found;
}

/// The stems whose label stands at word `at`, the longest label only; and how many words it takes.
std::size_t add_labelled(
    WordList const& text,
    std::size_t at,
    std::span<Stem const> stems,
    std::vector<WordList> const& labels,
    std::vector<std::size_t>& named
) {
    std::size_t longest = 0;
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < stems.size(); ++i) {
        // "Vocals.wav" says no more than the role: it has no better claim to the word than others.
        bool const is_role = labels[i].size() == 1 && role_of(labels[i].front()) == stems[i].role;
        auto const length = is_role ? 0 : label_at(text, at, labels[i]);
        if (length > longest) {
            found.clear();
            longest = length;
        }
        if (length > 0 && length == longest) {
            found.push_back(i);
        }
    }
    named.insert(named.end(), found.begin(), found.end());
    return longest;
}

} // namespace

WordList words_of(std::string_view text) {
    WordList words;
    bool goes_on = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const rest = text.substr(i);
        bool const is_apostrophe = rest.starts_with('\'') || rest.starts_with("\u2019");
        if (is_apostrophe && goes_on) {
            i += rest.starts_with('\'') ? 0 : 2;
            continue;
        }
        if (!is_in_word(text[i]) || rest.starts_with("\u2013") || rest.starts_with("\u2014")) {
            i += is_in_word(text[i]) ? 2 : 0;
            goes_on = false;
            continue;
        }
        if (!goes_on) {
            words.emplace_back();
        }
        words.back() += lower_case(text.substr(i, 1));
        goes_on = true;
    }
    return words;
}

std::vector<std::size_t> stems_named_in(std::string_view text, std::span<Stem const> stems) {
    auto const words = words_of(text);
    std::vector<WordList> labels;
    labels.reserve(stems.size());
    for (auto const& stem : stems) {
        labels.push_back(label_words(stem.file));
    }
    std::vector<std::size_t> named;
    for (std::size_t at = 0; at < words.size();) {
        auto taken = add_labelled(words, at, stems, labels, named);
        auto const role = taken == 0 ? role_at(words, at) : std::nullopt;
        if (role) {
            auto const found = stems_with(role->first, words, stems, labels);
            named.insert(named.end(), found.begin(), found.end());
            taken = role->second;
        }
        at += std::max<std::size_t>(taken, 1);
    }
    std::ranges::sort(named);
    named.erase(std::unique(named.begin(), named.end()), named.end());
    return named;
}

std::string stem_named_in(std::string_view text, std::span<Stem const> stems) {
    auto const named = stems_named_in(text, stems);
    return named.size() == 1 ? stems[named.front()].file : std::string{};
}

} // namespace stemlathe
