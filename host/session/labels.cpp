#include "host/session/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string>
#include <utility>

namespace stemlathe {

namespace {

using Words = std::span<std::string_view const>;

constexpr std::array<std::string_view, 11> kVocals{
    "vocal", "vox", "voice", "voc", "sing", "choir", "bgv", "bv", "rap", "adlib", "acapella"};
constexpr std::array<std::string_view, 3> kLeadVocals{"lead", "ld", "main"};
constexpr std::array<std::string_view, 6> kBackingVocals{
    "back", "bgv", "bv", "harmon", "choir", "gang"};
constexpr std::array<std::string_view, 11> kDrums{
    "drum", "kick", "snare", "perc", "hat", "beat", "tom", "cymbal", "clap", "overhead", "shaker"};
constexpr std::array<std::string_view, 3> kBass{"bass", "sub", "808"};
constexpr std::array<std::string_view, 8> kFx{
    "fx", "effect", "riser", "atmo", "ambien", "noise", "reverb", "foley"};
constexpr std::array<std::string_view, 22> kInstruments{
    "instrument", "inst",  "guitar", "gtr",  "key",   "piano", "synth", "pad",
    "string",     "horn",  "brass",  "lead", "clav",  "organ", "chord", "music",
    "melod",      "pluck", "arp",    "sax",  "flute", "rhodes"};

constexpr std::array<std::pair<Role, Words>, 5> kRoleWords{{
    {Role::vocals, kVocals},
    {Role::drums, kDrums},
    {Role::bass, kBass},
    {Role::fx, kFx},
    {Role::instruments, kInstruments},
}};

/// Whole words: "mixer" or "masterpiece" say nothing.
constexpr std::array<std::string_view, 9> kMixWords{
    "mix", "mixdown", "master", "mastered", "premaster", "bounce", "rough", "stereo", "full"};

constexpr std::array<std::string_view, 11> kStemExtensions{
    "wav", "wave", "bwf", "rf64", "bw64", "w64", "aif", "aiff", "aifc", "caf", "flac"};
constexpr std::array<std::string_view, 7> kOtherAudio{
    "mp3", "ogg", "opus", "m4a", "aac", "wma", "alac"};

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return out;
}

bool is_alphanumeric(char c) noexcept {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

std::string_view without_extension(std::string_view file_name) {
    auto const dot = file_name.rfind('.');
    return dot == std::string_view::npos ? file_name : file_name.substr(0, dot);
}

bool has_extension(std::string_view file_name, Words extensions) {
    auto const dot = file_name.rfind('.');
    auto const extension = dot == std::string_view::npos ? "" : lower(file_name.substr(dot + 1));
    return std::ranges::find(extensions, extension) != extensions.end();
}

/// "03LeadVox-take2" -> " 03 lead vox take2": words begin after separators, after digits and at
/// capitals.
std::string split_words(std::string_view name) {
    std::string out = " ";
    for (std::size_t i = 0; i < name.size(); ++i) {
        auto const c = static_cast<unsigned char>(name[i]);
        auto const before = static_cast<unsigned char>(i > 0 ? name[i - 1] : '\0');
        bool const begins_word = (std::isupper(c) != 0 && std::islower(before) != 0) ||
                                 (std::isalpha(c) != 0 && std::isdigit(before) != 0);
        if (begins_word || !is_alphanumeric(name[i])) {
            out += ' ';
        }
        if (is_alphanumeric(name[i])) {
            out += static_cast<char>(std::tolower(c));
        }
    }
    return out;
}

/// A word that begins with one of the known ones.
bool has_word(std::string const& words, Words known) {
    return std::ranges::any_of(known, [&](std::string_view word) {
        return words.find(" " + std::string{word}) != std::string::npos;
    });
}

} // namespace

std::optional<Role> role_from_label(std::string_view file_name) {
    auto const words = split_words(without_extension(file_name));
    for (auto const& [role, known] : kRoleWords) {
        if (has_word(words, known)) {
            return role;
        }
    }
    return std::nullopt;
}

std::optional<VocalPart> vocal_part_from_label(std::string_view file_name) {
    auto const words = split_words(without_extension(file_name));
    bool const is_lead = has_word(words, kLeadVocals);
    if (is_lead == has_word(words, kBackingVocals)) {
        return std::nullopt;
    }
    return is_lead ? VocalPart::lead : VocalPart::backing;
}

bool is_clear_label(std::string_view file_name) {
    auto const name = without_extension(file_name);
    auto const is_digit = [](char c) {
        return std::isdigit(static_cast<unsigned char>(c)) != 0;
    };
    return name.size() > 3 && is_digit(name[0]) && is_digit(name[1]) && name[2] == '_' &&
           std::ranges::all_of(name.substr(3), [](char c) {
               return is_alphanumeric(c) || c == '_';
           });
}

std::string number_of_label(std::string_view file_name) {
    constexpr std::size_t kDigitsMax = 2;
    auto const name = without_extension(file_name);
    auto const digits = std::min(name.find_first_not_of("0123456789"), name.size());
    auto const first = name.find_first_not_of('0');
    // All digits: a name, not a number before one. Three and more: "808_Kick".
    if (digits == 0 || digits > kDigitsMax || digits == name.size() || first >= digits) {
        return "";
    }
    return std::string{name.substr(first, digits - first)};
}

bool sounds_like_a_mix(std::string_view file_name) {
    auto const words = split_words(without_extension(file_name)) + " ";
    return !role_from_label(file_name) &&
           std::ranges::any_of(kMixWords, [&](std::string_view word) {
               return words.find(fmt::format(" {} ", word)) != std::string::npos;
           });
}

bool is_reference_mix(std::string_view file_name) {
    auto name = lower(without_extension(file_name));
    std::erase_if(name, [](char c) { return !is_alphanumeric(c); });
    return name.find("referencemix") != std::string::npos ||
           name.find("refmix") != std::string::npos || name.find("roughmix") != std::string::npos;
}

bool has_stem_extension(std::string_view file_name) {
    return has_extension(file_name, kStemExtensions);
}

bool has_other_audio_extension(std::string_view file_name) {
    return has_extension(file_name, kOtherAudio);
}

} // namespace stemlathe
