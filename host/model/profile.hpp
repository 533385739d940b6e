#pragma once

#include "host/model/plan.hpp"
#include "kernels/quantise/quantise.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stemlathe {

/// Shorter than this a programme is short-form (EBU R 128 s1).
inline constexpr double kShortForm_s = 60.0;

/// What a lossy file's true peak may reach after decoding.
inline constexpr double kDecodedPeak_dbtp = 0.0;

enum class RateRule { session_own, fixed, hires_only, session_or_48 };

/// A named target: contract section 5, reasons in reference/delivery.md section 3. Sources of the
/// numbers: streaming: Spotify for Artists, loudness normalisation; broadcast: ATSC A/85:2013;
/// broadcast-ebu: EBU R 128 and Tech 3343; vinyl: Universal Music content guide; cd: Red Book
/// sector of 588 frames.
struct DeliveryProfile {
    std::string_view name{};
    std::string_view container{}; ///< "WAV", "FLAC", "MP3", "OGG"
    std::string_view codec{};     ///< "pcm_24", "flac", "mp3", "opus", "vorbis", "float_32"
    RateRule rate = RateRule::session_own;
    int rate_hz = 0;    ///< for RateRule::fixed
    int bit_depth = 24; ///< 32 is float
    Dither dither = Dither::tpdf;
    std::optional<double> integrated_lufs = std::nullopt; ///< nullopt: left as it is
    double tolerance_lu = 0.1;
    std::optional<double> true_peak_dbtp = std::nullopt;
    /// The limit instead where somebody sets the loudness above the profile's own: lossy encoders
    /// overshoot more, the louder the master.
    std::optional<double> true_peak_when_louder_dbtp = std::nullopt;
    double gr_budget_db = 6.0;                          ///< 95th percentile of gain reduction
    std::optional<double> hard_min_lufs = std::nullopt; ///< the profile's hard range
    std::optional<double> hard_max_lufs = std::nullopt;
    /// Loudest three seconds of a song under 60 s (EBU R 128 s1).
    std::optional<double> short_form_max_lufs = std::nullopt;
    bool never_louder_only_quieter =
        false;                ///< vinyl: peaks win, quieter is reported and not failed
    bool vinyl_chain = false; ///< low-passed, sibilance controlled, never limited by itself
    std::optional<LowEndPlan> low_end = std::nullopt;
    bool is_broadcast_wave = false; ///< bext v2 with all loudness words
    bool is_cd = false;             ///< whole sectors
    bool has_cue_sheet = false;
    bool is_stems = false; ///< processed stems instead of a master
    bool by_default = false;
    bool is_lossy = false;     ///< true peak is judged after decoding, at 0 dBTP
    bool meets_codecs = false; ///< goes to services that make lossy files of it
    std::string_view what{};   ///< one line for `stemlathe profiles`
};

/// The built-in table, defaults first.
[[nodiscard]] std::span<DeliveryProfile const> delivery_profiles() noexcept;

/// @throws Failure{invalid_argument} that names the nearest profile
[[nodiscard]] DeliveryProfile const& profile_named(std::string_view name);

[[nodiscard]] bool is_built_in(std::string_view name) noexcept;

/// The rules of one delivery: its built-in profile with what the plan says otherwise.
/// @throws as `profile_named`
[[nodiscard]] DeliveryProfile profile_of(DeliveryPlan const& plan);

/// Whether the delivery's audio is filtered before its level is set.
[[nodiscard]] bool shapes_bus(DeliveryPlan const& plan);

} // namespace stemlathe
