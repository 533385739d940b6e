#include "host/model/profile.hpp"

#include "host/toml/nearest_name.hpp"
#include "kernels/base/failure.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace stemlathe {

namespace {

constexpr std::array<DeliveryProfile, 12> kProfiles{{
    {.name = "streaming",
     .container = "WAV",
     .codec = "pcm_24",
     .integrated_lufs = -14.0,
     .true_peak_dbtp = -1.0,
     .true_peak_when_louder_dbtp = -2.0,
     .gr_budget_db = 6.0,
     .is_broadcast_wave = true,
     .by_default = true,
     .meets_codecs = true,
     .what = "24-bit WAV at the session's rate, -14 LUFS, -1 dBTP"},
    {.name = "cd",
     .container = "WAV",
     .codec = "pcm_16",
     .rate = RateRule::fixed,
     .rate_hz = 44'100,
     .bit_depth = 16,
     .dither = Dither::shaped,
     .integrated_lufs = -10.0,
     .true_peak_dbtp = -0.3,
     .gr_budget_db = 4.0,
     .hard_min_lufs = -12.0,
     .hard_max_lufs = -9.0,
     .is_cd = true,
     .has_cue_sheet = true,
     .by_default = true,
     .what = "16-bit 44.1 kHz WAV in whole CD sectors with a CUE sheet, -12 to -9 LUFS"},
    {.name = "vinyl",
     .container = "WAV",
     .codec = "pcm_24",
     .integrated_lufs = -18.0,
     .true_peak_dbtp = -3.0,
     .gr_budget_db = 0.0,
     .hard_max_lufs = -17.0,
     .never_louder_only_quieter = true,
     .vinyl_chain = true,
     .low_end = LowEndPlan{},
     .is_broadcast_wave = true,
     .by_default = true,
     .what = "24-bit WAV for the cutting room: no limiting, mono low end, tamed sibilance"},
    {.name = "broadcast",
     .container = "WAV",
     .codec = "pcm_24",
     .rate = RateRule::fixed,
     .rate_hz = 48'000,
     .integrated_lufs = -24.0,
     .true_peak_dbtp = -2.0,
     .gr_budget_db = 6.0,
     .is_broadcast_wave = true,
     .by_default = true,
     .what = "48 kHz BWF for ATSC A/85: -24 LKFS, -2 dBTP, all bext loudness words"},
    {.name = "broadcast-ebu",
     .container = "WAV",
     .codec = "pcm_24",
     .rate = RateRule::fixed,
     .rate_hz = 48'000,
     .integrated_lufs = -23.0,
     .true_peak_dbtp = -1.0,
     .gr_budget_db = 6.0,
     .short_form_max_lufs = -18.0,
     .is_broadcast_wave = true,
     .by_default = true,
     .what = "48 kHz BWF for EBU R 128: -23 LUFS, -1 dBTP, all bext loudness words"},
    {.name = "hires",
     .container = "FLAC",
     .codec = "flac",
     .rate = RateRule::hires_only,
     .integrated_lufs = -14.0,
     .true_peak_dbtp = -1.0,
     .true_peak_when_louder_dbtp = -2.0,
     .gr_budget_db = 6.0,
     .meets_codecs = true,
     .what = "24-bit FLAC at the session's rate, from 88.2 kHz up, -14 LUFS, -1 dBTP"},
    {.name = "flac",
     .container = "FLAC",
     .codec = "flac",
     .integrated_lufs = -14.0,
     .true_peak_dbtp = -1.0,
     .true_peak_when_louder_dbtp = -2.0,
     .gr_budget_db = 6.0,
     .meets_codecs = true,
     .what = "24-bit FLAC at the session's rate, -14 LUFS, -1 dBTP"},
    {.name = "mp3",
     .container = "MP3",
     .codec = "mp3",
     .rate = RateRule::session_or_48,
     .dither = Dither::none,
     .integrated_lufs = -14.0,
     .true_peak_dbtp = -1.0,
     .true_peak_when_louder_dbtp = -2.0,
     .gr_budget_db = 6.0,
     .is_lossy = true,
     .what = "MP3 at 320 kbit/s, -14 LUFS, at most 0 dBTP after decoding"},
    {.name = "opus",
     .container = "OGG",
     .codec = "opus",
     .rate = RateRule::fixed,
     .rate_hz = 48'000,
     .dither = Dither::none,
     .integrated_lufs = -14.0,
     .true_peak_dbtp = -1.0,
     .true_peak_when_louder_dbtp = -2.0,
     .gr_budget_db = 6.0,
     .is_lossy = true,
     .what = "Opus at 48 kHz, -14 LUFS, at most 0 dBTP after decoding"},
    {.name = "vorbis",
     .container = "OGG",
     .codec = "vorbis",
     .dither = Dither::none,
     .integrated_lufs = -14.0,
     .true_peak_dbtp = -1.0,
     .true_peak_when_louder_dbtp = -2.0,
     .gr_budget_db = 6.0,
     .is_lossy = true,
     .what = "Ogg Vorbis at the session's rate, -14 LUFS, at most 0 dBTP after decoding"},
    {.name = "archive",
     .container = "WAV",
     .codec = "float_32",
     .bit_depth = 32,
     .dither = Dither::none,
     .is_broadcast_wave = true,
     .what = "32-bit float WAV of the bus before any limiter or loudness change"},
    {.name = "stems",
     .container = "WAV",
     .codec = "float_32",
     .bit_depth = 32,
     .dither = Dither::none,
     .is_broadcast_wave = true,
     .is_stems = true,
     .what =
         "the processed stems as 32-bit float WAV; they sum to the bus before its own processing"},
}};

template <typename Target, typename Value>
void overlay(Target& target, std::optional<Value> const& value) {
    if (value) {
        target = *value;
    }
}

} // namespace

std::span<DeliveryProfile const> delivery_profiles() noexcept {
    return kProfiles;
}

DeliveryProfile const& profile_named(std::string_view name) {
    std::vector<std::string_view> names;
    for (auto const& profile : kProfiles) {
        if (profile.name == name) {
            return profile;
        }
        names.push_back(profile.name);
    }
    throw Failure{
        Code::invalid_argument,
        "there is no delivery profile \"" + std::string{name} + "\"" + suggestion(name, names)};
}

bool is_built_in(std::string_view name) noexcept {
    return std::ranges::find(kProfiles, name, &DeliveryProfile::name) != kProfiles.end();
}

DeliveryProfile profile_of(DeliveryPlan const& plan) {
    auto profile = profile_named(plan.based_on.value_or(plan.profile));
    overlay(profile.tolerance_lu, plan.tolerance_lu);
    overlay(profile.hard_min_lufs, plan.integrated_lufs_min);
    overlay(profile.hard_max_lufs, plan.integrated_lufs_max);
    overlay(profile.short_form_max_lufs, plan.short_form_max_lufs);
    overlay(profile.is_broadcast_wave, plan.metadata.bext);
    overlay(profile.has_cue_sheet, plan.metadata.cue_sheet);
    if (!plan.low_end.is_auto()) {
        profile.low_end =
            plan.low_end.is_set() ? std::optional{plan.low_end.value()} : std::nullopt;
    }
    return profile;
}

bool shapes_bus(DeliveryPlan const& plan) {
    auto const profile = profile_of(plan);
    return profile.vinyl_chain || profile.low_end;
}

} // namespace stemlathe
