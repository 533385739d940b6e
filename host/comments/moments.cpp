#include "host/comments/moments.hpp"

#include "host/comments/clock.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace stemlathe {

namespace {

using Words = std::span<std::string_view const>;

constexpr std::array<std::string_view, 14> kLeads{
    "@",
    "~",
    "at",
    "from",
    "around",
    "about",
    "approx.",
    "circa",
    "approx",
    "ca.",
    "ca",
    "time",
    "between",
    "starting"};
constexpr std::array<std::string_view, 12> kRangeSigns{
    "->", "-", "\u2013", "\u2014", "\u2012", "\u2212", "\u2192", "...", "..", "\u2026", "~", ">"};
constexpr std::array<std::string_view, 7> kRangeWords{
    "to", "til", "till", "until", "through", "thru", "and"};
constexpr std::array<std::string_view, 5> kListSigns{",", "&", "/", "+", ";"};
constexpr std::array<std::string_view, 2> kListWords{"and", "or"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kBrackets{
    {{"[", "]"}, {"(", ")"}, {"{", "}"}, {"<", ">"}, {"**", "**"}}};
constexpr std::array<std::string_view, 8> kBullets{
    "-", "*", "+", ">", "\u2022", "\u2023", "\u25E6", "\u00B7"};
constexpr std::array<std::string_view, 3> kBoxes{"[ ]", "[x]", "[X]"};
constexpr std::array<std::string_view, 2> kSpaces{" ", "\t"};
constexpr std::array<std::string_view, 9> kDashes{
    " ", "\t", "-", "\u2013", "\u2014", ":", ",", ";", "|"};
constexpr std::array<std::string_view, 15> kSeparators{
    "-", "\u2013", "\u2014", ":", ",", ";", "|", "=", ">", ".", ")", "]", "\u2192", "\t", " "};

/// One or several times with everything that belongs to them: "between 0:47 and 0:52", "[1:02]".
struct Cluster {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<Moment> moments{};
    bool has_brackets = false;
    bool has_lead = false;   ///< "at", "@", ...
    bool is_lone = false;    ///< one "47s", which may be a length as well
    bool has_frames = false; ///< of any
    bool is_wrong = false;   ///< of any
};

/// Length of the first of `signs` that stands at `at`, or 0.
std::size_t sign_at(std::string_view text, std::size_t at, Words signs) {
    for (auto const sign : signs) {
        if (at <= text.size() && text.substr(at).starts_with(sign)) {
            return sign.size();
        }
    }
    return 0;
}

/// Length of the word at `at` if it is one of `words`, case ignored, or 0. A sign may be followed
/// by anything, a word must end.
std::size_t word_at(std::string_view text, std::size_t at, Words words) {
    for (auto const word : words) {
        auto const end = at + word.size();
        if (end > text.size() || lower_case(text.substr(at, word.size())) != word) {
            continue;
        }
        if (!is_letter(word.back()) || end == text.size() || !is_word(text[end])) {
            return word.size();
        }
    }
    return 0;
}

/// "-" at `at` begins a number: "0:47 -3 dB" takes off, it does not separate.
bool is_minus(std::string_view text, std::size_t at) {
    return text[at] == '-' && at + 1 < text.size() && is_digit(text[at + 1]);
}

/// "52" in "0:47-52": two digits right behind the sign, at the end or before a separator.
std::optional<ClockText> short_end(std::string_view text, std::size_t at, ClockText const& start) {
    bool const has_digits = at + 1 < text.size() && is_digit(text[at]) && is_digit(text[at + 1]);
    if (!has_digits || start.form != ClockForm::colons) {
        return std::nullopt;
    }
    auto const next = skip_spaces(text, at + 2);
    if (next < text.size() && (sign_at(text, next, kSeparators) == 0 || is_minus(text, next) ||
                               (text[next] == '.' && next == at + 2))) {
        return std::nullopt;
    }
    double const minute_s = 60.0 * static_cast<double>(static_cast<long>(start.seconds / 60.0));
    double const seconds = 10.0 * (text[at] - '0') + (text[at + 1] - '0');
    if (seconds > 59.0 || minute_s + seconds <= start.seconds) {
        return std::nullopt;
    }
    return ClockText{.seconds = minute_s + seconds, .end = at + 2};
}

/// The second time of a range whose first ends at `at`; `between` joins them by "and" as well.
std::optional<ClockText>
range_end(std::string_view text, std::size_t at, ClockText const& start, bool between) {
    auto const gap = skip_spaces(text, at);
    auto const sign = sign_at(text, gap, kRangeSigns);
    Words const words = Words{kRangeWords}.first(kRangeWords.size() - (between ? 0 : 1));
    auto const length = sign > 0 ? sign : word_at(text, gap, words);
    if (length == 0) {
        return std::nullopt;
    }
    auto const second = skip_spaces(text, gap + length);
    auto const end = clock_at(text, second);
    if (end && end->form == start.form) { // "0:47 - 2s delay" is no range
        return end;
    }
    return sign > 0 && gap == at && second == gap + sign ? short_end(text, second, start)
                                                         : std::nullopt;
}

void add(Cluster& cluster, ClockText const& clock, ClockText const& end) {
    cluster.is_lone = clock.is_lone && end.is_lone && cluster.moments.empty();
    cluster.has_frames = cluster.has_frames || clock.has_frames || end.has_frames;
    cluster.is_wrong = cluster.is_wrong || clock.is_wrong || end.is_wrong;
    cluster.moments.push_back({clock.seconds, end.seconds});
    cluster.end = end.end;
}

/// Takes "0:47, 1:32-1:40 and 2:05" from `at` on.
void take_list(std::string_view text, std::size_t at, bool between, Cluster& cluster) {
    auto form = ClockForm::colons;
    for (auto start = clock_at(text, at); start; start = clock_at(text, at)) {
        if (!cluster.moments.empty() && start->form != form) { // "0:47, 2s delay"
            return;
        }
        form = start->form;
        add(cluster, *start, range_end(text, start->end, *start, between).value_or(*start));
        auto next = skip_spaces(text, cluster.end);
        auto const comma = sign_at(text, next, kListSigns);
        next = skip_spaces(text, next + comma);
        auto const word = word_at(text, next, kListWords);
        if (comma + word == 0) {
            return;
        }
        at = skip_spaces(text, next + word);
    }
}

std::optional<Cluster> cluster_at(std::string_view text, std::size_t at) {
    Cluster cluster{.begin = at};
    auto here = at;
    std::string_view closing;
    for (auto const& [open, close] : kBrackets) {
        if (text.substr(here).starts_with(open)) {
            closing = close;
            here = skip_spaces(text, here + open.size());
            break;
        }
    }
    bool between = false;
    while (auto const lead = word_at(text, here, kLeads)) { // "starting at"
        between = between || lower_case(text.substr(here, lead)) == "between";
        cluster.has_lead = true;
        here = skip_spaces(text, here + lead);
    }
    take_list(text, here, between, cluster);
    if (cluster.moments.empty()) {
        return std::nullopt;
    }
    if (!closing.empty()) {
        auto const close = skip_spaces(text, cluster.end);
        if (!text.substr(close).starts_with(closing)) {
            return std::nullopt;
        }
        cluster.has_brackets = true;
        cluster.end = close + closing.size();
    }
    return cluster;
}

/// Where the remark begins behind bullets, numbers and boxes to tick.
std::size_t behind_bullets(std::string_view line) {
    auto at = skip_spaces(line, 0);
    for (;;) {
        auto length = std::max(sign_at(line, at, kBullets), sign_at(line, at, kBoxes));
        auto digits = at;
        while (digits < line.size() && is_digit(line[digits])) {
            ++digits;
        }
        bool const is_number = digits > at && digits - at <= 3 && digits < line.size() &&
                               (line[digits] == '.' || line[digits] == ')');
        length = is_number ? digits + 1 - at : length;
        auto const next = skip_spaces(line, at + length);
        if (length == 0 || next == at + length) { // a bullet has a space behind it
            return at;
        }
        at = next;
    }
}

std::size_t skip_separators(std::string_view text, std::size_t at) {
    while (auto const length = sign_at(text, at, kSeparators)) {
        bool const is_decimal = text[at] == '.' && at + 1 < text.size() && is_digit(text[at + 1]);
        if (is_minus(text, at) || is_decimal) {
            break;
        }
        at += length;
    }
    return at;
}

/// Without any of `signs` at the end.
std::string_view without_end(std::string_view text, Words signs) {
    auto const ends_with = [&](std::string_view sign) {
        return text.ends_with(sign);
    };
    for (auto found = std::ranges::find_if(signs, ends_with); found != signs.end();
         found = std::ranges::find_if(signs, ends_with)) {
        text.remove_suffix(found->size());
    }
    return text;
}

std::string_view trimmed(std::string_view text) {
    return without_end(text.substr(skip_spaces(text, 0)), kSpaces);
}

void note_wrong(MomentsInLine& out, std::string_view text, Cluster const& cluster) {
    if ((cluster.has_frames || cluster.is_wrong) && out.wrong.empty()) {
        auto const found = text.substr(cluster.begin, cluster.end - cluster.begin);
        out.wrong = std::string{found.substr(0, 60)};
        out.has_frames = cluster.has_frames;
    }
}

/// The times at the very beginning, "[0:47] [1:32]" too; `at` moves behind them.
std::vector<Moment> leading(std::string_view text, std::size_t& at, MomentsInLine& out) {
    std::vector<Moment> moments;
    while (auto const cluster = cluster_at(text, at)) {
        bool const first = moments.empty();
        auto const next = skip_spaces(text, cluster->end);
        bool const is_marked = !cluster->is_lone || cluster->has_lead || cluster->has_brackets ||
                               next == text.size() || skip_separators(text, cluster->end) > next;
        if (!is_marked || (!first && !cluster->has_brackets)) {
            break;
        }
        moments.insert(moments.end(), cluster->moments.begin(), cluster->moments.end());
        note_wrong(out, text, *cluster);
        at = skip_spaces(text, cluster->end);
    }
    return moments;
}

/// Times anywhere in the sentence. What stands in brackets or at the end is taken out of it.
void take_inner(std::string_view text, MomentsInLine& out) {
    std::string kept;
    std::size_t copied = 0;
    for (std::size_t at = 0; at < text.size();) {
        bool const in_word = at > 0 && is_word(text[at - 1]) && is_word(text[at]);
        auto const cluster = in_word ? std::nullopt : cluster_at(text, at);
        if (!cluster || (cluster->is_lone && !cluster->has_lead)) {
            ++at;
            continue;
        }
        out.moments.insert(out.moments.end(), cluster->moments.begin(), cluster->moments.end());
        note_wrong(out, text, *cluster);
        bool const is_last = skip_separators(text, cluster->end) == text.size();
        if (cluster->has_brackets || is_last) {
            kept += without_end(
                text.substr(copied, cluster->begin - copied), is_last ? Words{kDashes} : kSpaces
            );
            copied = is_last ? text.size() : cluster->end;
        }
        at = cluster->end;
    }
    kept += text.substr(copied);
    out.text = std::string{trimmed(kept)};
}

} // namespace

MomentsInLine moments_in(std::string_view line) {
    MomentsInLine out;
    auto const text = trimmed(line.substr(behind_bullets(line)));
    std::size_t at = 0;
    out.moments = leading(text, at, out);
    if (out.moments.empty()) {
        take_inner(text, out);
    } else {
        out.text = std::string{trimmed(text.substr(skip_separators(text, at)))};
    }
    if (!out.wrong.empty()) { // the whole remark, with what it calls a time
        out.moments.clear();
        out.text = std::string{text};
    }
    return out;
}

std::optional<Moment> moment_of(std::string_view text) {
    auto const whole = trimmed(text);
    auto const cluster = cluster_at(whole, 0);
    if (!cluster || cluster->end != whole.size() || cluster->moments.size() != 1 ||
        cluster->has_frames || cluster->is_wrong) {
        return std::nullopt;
    }
    return cluster->moments.front();
}

} // namespace stemlathe
