#include "host/pipeline/delivery_name.hpp"

#include "formats/text.hpp"
#include "host/model/profile.hpp"
#include "host/pipeline/broadcast_info.hpp"
#include "host/plan/file_name.hpp"
#include "kernels/base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::size_t kNameLetters = 40;

std::string_view extension_of(DeliveryPlan const& plan) {
    STEMLATHE_ASSERT(plan.container.has_value());
    if (*plan.container == "FLAC") {
        return "flac";
    }
    if (*plan.container == "MP3") {
        return "mp3";
    }
    if (*plan.container == "OGG") {
        return *plan.codec == "opus" ? "opus" : "ogg";
    }
    return "wav";
}

/// "44k", "88k2": the rate in kHz.
std::string rate_text(int rate_hz) {
    bool const is_familiar = rate_hz % 1000 == 0 || rate_hz == 44'100;
    return is_familiar ? fmt::format("{}k", rate_hz / 1000)
                       : fmt::format("{}k{}", rate_hz / 1000, rate_hz % 1000 / 100);
}

/// "24", "32f"; nothing for lossy codecs.
std::string bits_text(DeliveryPlan const& plan) {
    if (!plan.bit_depth) {
        return {};
    }
    return *plan.bit_depth == 32 ? "32f" : fmt::format("{}", *plan.bit_depth);
}

/// "44k24", "88k2_24", "48k".
std::string format_text(DeliveryPlan const& plan) {
    auto const rate = rate_text(*plan.sample_rate_hz);
    auto const bits = bits_text(plan);
    bool const runs_together = !bits.empty() && rate.back() != 'k';
    return rate + (runs_together ? "_" : "") + bits;
}

constexpr std::string_view kStemPlace = "{stem}";
constexpr std::string_view kVersionPlace = "{version}";

/// The delivery's pattern, with room at its end for a stem's or version's name where it has none.
std::string pattern_of(DeliveryPlan const& plan, bool has_extra) {
    auto pattern = plan.file_name.value_or(std::string{kUsualFileName});
    bool const is_stems = profile_of(plan).is_stems;
    bool const has_room = pattern.find(kStemPlace) != std::string::npos ||
                          (!is_stems && pattern.find(kVersionPlace) != std::string::npos);
    return has_extra && !has_room ? pattern + "_" + std::string{kStemPlace} : pattern;
}

} // namespace

std::string song_name(Session const& session) {
    if (!session.info.title.empty()) {
        return session.info.title;
    }
    if (session.folder.empty()) { // made in memory
        return {};
    }
    auto const folder = std::filesystem::absolute(session.folder).lexically_normal();
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

std::string file_safe(std::string_view text) {
    std::string out;
    bool starts_word = false;
    for (char const letter : formats::as_ascii(text)) {
        auto const c = static_cast<unsigned char>(letter);
        bool const is_kept = std::isalnum(c) != 0 || letter == '-' || letter == '_';
        if (!is_kept) {
            starts_word = letter != '\'';
            continue;
        }
        out += starts_word ? static_cast<char>(std::toupper(c)) : letter;
        starts_word = false;
    }
    auto const first = out.find_first_not_of("-_");
    return first == std::string::npos ? "" : out.substr(first, kNameLetters);
}

std::filesystem::path
delivery_path(DeliveryPlan const& plan, Session const& session, std::string_view extra) {
    auto const& info = session.info;
    auto const pattern = pattern_of(plan, !extra.empty());
    bool const fills_stem = pattern.find(kStemPlace) != std::string::npos;
    auto const value = [&](std::string_view placeholder) -> std::string {
        if (placeholder == "profile") {
            return plan.name;
        }
        if (placeholder == "format") {
            return format_text(plan);
        }
        if (placeholder == "rate") {
            return rate_text(*plan.sample_rate_hz);
        }
        if (placeholder == "bits") {
            return bits_text(plan);
        }
        if (placeholder == "track") {
            return info.track > 0 ? fmt::format("{:02}", info.track) : "";
        }
        std::array<std::pair<std::string_view, std::string>, 8> const texts{{
            {"artist", info.artist},
            {"title", song_name(session)},
            {"version", extra.empty() || fills_stem ? info.version : std::string{extra}},
            {"album", info.album},
            {"stem", std::string{extra}},
            {"isrc", info.isrc},
            {"upc", info.upc},
            {"date", date_of(session)},
        }};
        auto const found =
            std::ranges::find(texts, placeholder, [](auto const& text) { return text.first; });
        STEMLATHE_ASSERT(found != texts.end());
        return file_safe(found->second);
    };
    auto const name = filled_file_name(pattern, value);
    return std::filesystem::path{"masters"} / plan.name /
           (name + "." + std::string{extension_of(plan)});
}

} // namespace stemlathe
