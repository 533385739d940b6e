#pragma once

#include "host/model/version.hpp"
#include "kernels/dynamics/dynamics.hpp"
#include "kernels/equaliser/equaliser.hpp"
#include "kernels/quantise/quantise.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stemlathe {

/// Left out (or "auto"): stemlathe decides. "off": bit-exact identity. Otherwise a value.
template <typename Value>
class Choice {
  public:
    Choice() = default;

    Choice(Value value)
        : kind_(Kind::set), value_(std::move(value)) { // NOLINT: a value is a choice
    }

    [[nodiscard]] static Choice off() {
        Choice choice;
        choice.kind_ = Kind::off;
        return choice;
    }

    [[nodiscard]] bool is_auto() const noexcept {
        return kind_ == Kind::automatic;
    }

    [[nodiscard]] bool is_off() const noexcept {
        return kind_ == Kind::off;
    }

    [[nodiscard]] bool is_set() const noexcept {
        return kind_ == Kind::set;
    }

    [[nodiscard]] Value const& value() const {
        return value_;
    }

    friend bool operator==(Choice const&, Choice const&) = default;

  private:
    enum class Kind { automatic, off, set };
    Kind kind_ = Kind::automatic;
    Value value_{};
};

/// What opens a dynamic band: the named stem as conformed, loud in that band.
struct DynamicKey {
    std::string key{}; ///< a role or file name
    double threshold_db = -30.0;
    double attack_ms = 8.0;
    double release_ms = 120.0;

    friend bool operator==(DynamicKey const&, DynamicKey const&) = default;
};

struct PlanBand {
    EqualiserBand band{};
    std::optional<DynamicKey> dynamic = std::nullopt;

    friend bool operator==(PlanBand const&, PlanBand const&) = default;
};

struct CompressorPlan {
    double threshold_db = -22.0;
    double ratio = 2.0;
    double knee_db = 6.0;
    double attack_ms = 15.0;
    double release_ms = 120.0;
    double makeup_db = 0.0;
    Detector detector = Detector::rms;

    friend bool operator==(CompressorPlan const&, CompressorPlan const&) = default;
};

struct RegionPlan {
    double start_s = 0.0;
    double end_s = 0.0;
    double gain_db = 0.0;
    double fade_s = 0.05;
    std::vector<PlanBand> eq{}; ///< static bands only

    friend bool operator==(RegionPlan const&, RegionPlan const&) = default;
};

struct StemPlan {
    std::string match = "*"; ///< a role, a file name or "*"; a resolved plan has one per file
    double gain_db = 0.0;
    double pan = 0.0;
    double width = 1.0;
    bool mute = false;
    bool invert = false; ///< polarity
    Choice<std::vector<PlanBand>> eq{};
    Choice<CompressorPlan> dynamics{};
    std::vector<RegionPlan> region{};

    friend bool operator==(StemPlan const&, StemPlan const&) = default;
};

struct MultibandPlan {
    std::vector<double> crossovers_hz{120.0, 800.0, 4500.0};
    std::vector<CompressorPlan> band{}; ///< crossovers + 1

    friend bool operator==(MultibandPlan const&, MultibandPlan const&) = default;
};

struct LimiterPlan {
    double lookahead_ms = 3.0;
    double fast_release_ms = 80.0;
    double slow_release_ms = 500.0;

    friend bool operator==(LimiterPlan const&, LimiterPlan const&) = default;
};

struct BusPlan {
    Choice<std::vector<PlanBand>> eq{};
    Choice<MultibandPlan> multiband{};
    Choice<LimiterPlan> limiter{};

    friend bool operator==(BusPlan const&, BusPlan const&) = default;
};

/// What happens to the low end of a delivery before its level is set; 0 Hz: nothing.
struct LowEndPlan {
    double high_pass_hz = 25.0;       ///< of the whole signal, 12 dB/oct; 10 .. 200
    double side_high_pass_hz = 150.0; ///< of the side signal alone: bass becomes mono; 20 .. 500
    double side_slope_db_oct = 6.0;   ///< 6, 12, 18 or 24

    friend bool operator==(LowEndPlan const&, LowEndPlan const&) = default;
};

/// What is written into a delivery's file and beside it; nullopt: as its profile has it.
struct MetadataPlan {
    std::optional<bool> bext = std::nullopt;        ///< broadcast extension of a WAV
    std::optional<bool> tags = std::nullopt;        ///< title, artist, album, date, genre
    std::optional<bool> isrc = std::nullopt;        ///< ISRC and UPC
    std::optional<bool> replay_gain = std::nullopt; ///< ReplayGain or R128 gain
    std::optional<bool> cue_sheet = std::nullopt;   ///< of a CD

    friend bool operator==(MetadataPlan const&, MetadataPlan const&) = default;
};

/// One delivery; what is left out comes from its profile. A resolved plan leaves nothing out but
/// what a built-in profile has fixed.
struct DeliveryPlan {
    std::string profile{};
    /// The built-in profile that a custom one starts from. With it the delivery stands for itself:
    /// no profiles.toml is looked into.
    std::optional<std::string> based_on = std::nullopt;
    std::string name{}; ///< folder under masters/ and part of the file name; default: profile
    Choice<double> integrated_lufs{};
    Choice<double> true_peak_dbtp{};
    Choice<LimiterPlan> limiter{};
    std::optional<double> gr_budget_db = std::nullopt;
    std::optional<int> sample_rate_hz = std::nullopt;
    std::optional<int> bit_depth = std::nullopt; ///< 16, 24 or 32 ("float")
    std::optional<std::string> container = std::nullopt;
    std::optional<std::string> codec = std::nullopt;
    std::optional<Dither> dither = std::nullopt;
    std::optional<std::uint64_t> seed = std::nullopt;
    std::optional<double> tolerance_lu = std::nullopt;
    std::optional<double> integrated_lufs_min = std::nullopt; ///< the hard range
    std::optional<double> integrated_lufs_max = std::nullopt;
    std::optional<double> short_form_max_lufs = std::nullopt; ///< loudest 3 s of songs under 60 s
    Choice<LowEndPlan> low_end{};
    std::optional<std::string> side_format = std::nullopt; ///< "12in-33", ...: for vinyl
    std::optional<std::string> file_name = std::nullopt;   ///< a pattern, see file_name.hpp
    MetadataPlan metadata{};

    friend bool operator==(DeliveryPlan const&, DeliveryPlan const&) = default;
};

struct MasteringPlan {
    std::vector<StemPlan> stem{};
    BusPlan bus{};
    std::optional<double> reference_strength = std::nullopt; ///< nullopt: auto
    double reference_max_gain_db = 4.0;
    std::optional<bool> masking_fix =
        std::nullopt; ///< nullopt: auto left out; false "off"; true "auto" asked for
    std::vector<DeliveryPlan> delivery{};
    std::vector<VersionPlan> version{}; ///< beside every delivery but stems

    friend bool operator==(MasteringPlan const&, MasteringPlan const&) = default;
};

} // namespace stemlathe
