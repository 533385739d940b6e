#include "host/plan/plan_names.hpp"
#include "host/plan/plan_toml.hpp"
#include "host/toml/table_reader.hpp"

#include <fmt/format.h>

namespace stemlathe {

namespace {

/// `{a=1.0, b="x"}` piece by piece.
class InlineTable {
  public:
    InlineTable& number(std::string_view key, double value) {
        return raw(key, toml_number(value));
    }

    InlineTable& text(std::string_view key, std::string_view value) {
        return raw(key, toml_text(value));
    }

    InlineTable& raw(std::string_view key, std::string const& value) {
        text_ += fmt::format("{}{}={}", text_.empty() ? "" : ", ", key, value);
        return *this;
    }

    [[nodiscard]] std::string str() const {
        return "{" + text_ + "}";
    }

  private:
    std::string text_;
};

std::string list_of(std::vector<double> const& values) {
    std::string out;
    for (double const value : values) {
        out += (out.empty() ? "" : ", ") + toml_number(value);
    }
    return "[" + out + "]";
}

std::string written(PlanBand const& plan) {
    auto const& band = plan.band;
    InlineTable out;
    out.text("type", name_of(band.type));
    if (band.type == EqualiserType::curve) {
        std::string points;
        for (auto const& point : band.points) {
            points += (points.empty() ? "" : ", ") + list_of({point.hz, point.gain_db});
        }
        out.raw("points", "[" + points + "]");
    } else {
        out.number("hz", band.hz).number("gain_db", band.gain_db).number("q", band.q);
        out.number("slope_db_oct", band.slope_db_oct);
    }
    if (plan.dynamic) {
        InlineTable dynamic;
        dynamic.text("key", plan.dynamic->key)
            .number("threshold_db", plan.dynamic->threshold_db)
            .number("attack_ms", plan.dynamic->attack_ms)
            .number("release_ms", plan.dynamic->release_ms);
        out.raw("dynamic", dynamic.str());
    }
    return out.str();
}

std::string written(std::vector<PlanBand> const& bands) {
    std::string out;
    for (auto const& band : bands) {
        out += (out.empty() ? "" : ", ") + written(band);
    }
    return "[" + out + "]";
}

std::string written(CompressorPlan const& plan) {
    return InlineTable{}
        .number("threshold_db", plan.threshold_db)
        .number("ratio", plan.ratio)
        .number("knee_db", plan.knee_db)
        .number("attack_ms", plan.attack_ms)
        .number("release_ms", plan.release_ms)
        .number("makeup_db", plan.makeup_db)
        .text("detector", plan.detector == Detector::peak ? "peak" : "rms")
        .str();
}

std::string written(MultibandPlan const& plan) {
    std::string bands;
    for (auto const& band : plan.band) {
        bands += (bands.empty() ? "" : ", ") + written(band);
    }
    return InlineTable{}
        .raw("crossovers_hz", list_of(plan.crossovers_hz))
        .raw("band", "[" + bands + "]")
        .str();
}

std::string written(LimiterPlan const& plan) {
    return InlineTable{}
        .number("lookahead_ms", plan.lookahead_ms)
        .raw("release_ms", list_of({plan.fast_release_ms, plan.slow_release_ms}))
        .str();
}

std::string written(LowEndPlan const& plan) {
    return InlineTable{}
        .number("high_pass_hz", plan.high_pass_hz)
        .number("side_high_pass_hz", plan.side_high_pass_hz)
        .number("side_slope_db_oct", plan.side_slope_db_oct)
        .str();
}

std::string written(MetadataPlan const& plan) {
    InlineTable out;
    auto const add = [&](std::string_view key, std::optional<bool> is_on) {
        if (is_on) {
            out.raw(key, *is_on ? "true" : "false");
        }
    };
    add("bext", plan.bext);
    add("tags", plan.tags);
    add("isrc", plan.isrc);
    add("replay_gain", plan.replay_gain);
    add("cue_sheet", plan.cue_sheet);
    return out.str();
}

std::string written(double value) {
    return toml_number(value);
}

std::string line(std::string_view key, std::optional<double> value) {
    return value ? fmt::format("{} = {}\n", key, toml_number(*value)) : "";
}

std::string line(std::string_view key, std::optional<std::string> const& value) {
    return value ? fmt::format("{} = {}\n", key, toml_text(*value)) : "";
}

template <typename Value>
std::string line(std::string_view key, Choice<Value> const& choice) {
    if (choice.is_auto()) {
        return fmt::format("{} = \"auto\"\n", key);
    }
    return fmt::format("{} = {}\n", key, choice.is_off() ? "\"off\"" : written(choice.value()));
}

std::string written(RegionPlan const& region) {
    return InlineTable{}
        .number("start_s", region.start_s)
        .number("end_s", region.end_s)
        .number("gain_db", region.gain_db)
        .number("fade_s", region.fade_s)
        .raw("eq", written(region.eq))
        .str();
}

std::string stem_section(StemPlan const& stem) {
    std::string out = "\n[[stem]]\n";
    out += fmt::format("match = {}\n", toml_text(stem.match));
    out += fmt::format("gain_db = {}\n", toml_number(stem.gain_db));
    out += fmt::format("pan = {}\nwidth = {}\n", toml_number(stem.pan), toml_number(stem.width));
    out += fmt::format("mute = {}\ninvert = {}\n", stem.mute, stem.invert);
    out += line("eq", stem.eq) + line("dynamics", stem.dynamics);
    std::string regions;
    for (auto const& region : stem.region) {
        regions += (regions.empty() ? "" : ", ") + written(region);
    }
    return out + (regions.empty() ? "" : "region = [" + regions + "]\n");
}

std::string delivery_section(DeliveryPlan const& delivery) {
    std::string out = "\n[[delivery]]\n";
    out += fmt::format("profile = {}\n", toml_text(delivery.profile));
    out += fmt::format("name = {}\n", toml_text(delivery.name));
    out += line("based_on", delivery.based_on);
    out += line("integrated_lufs", delivery.integrated_lufs);
    out += line("tolerance_lu", delivery.tolerance_lu);
    out += line("integrated_lufs_min", delivery.integrated_lufs_min);
    out += line("integrated_lufs_max", delivery.integrated_lufs_max);
    out += line("short_form_max_lufs", delivery.short_form_max_lufs);
    out += line("true_peak_dbtp", delivery.true_peak_dbtp) + line("limiter", delivery.limiter);
    out += line("gr_budget_db", delivery.gr_budget_db) + line("low_end", delivery.low_end);
    out += line("side_format", delivery.side_format);
    if (delivery.sample_rate_hz) {
        out += fmt::format("sample_rate_hz = {}\n", *delivery.sample_rate_hz);
    }
    if (delivery.bit_depth) {
        out += *delivery.bit_depth == 32 ? "bit_depth = \"float\"\n"
                                         : fmt::format("bit_depth = {}\n", *delivery.bit_depth);
    }
    out += line("container", delivery.container) + line("codec", delivery.codec);
    if (delivery.dither) {
        out += fmt::format("dither = {}\n", toml_text(name_in(kDitherNames, *delivery.dither)));
    }
    out += delivery.seed ? fmt::format("seed = {}\n", *delivery.seed) : "";
    out += line("file_name", delivery.file_name);
    if (delivery.metadata != MetadataPlan{}) {
        out += fmt::format("metadata = {}\n", written(delivery.metadata));
    }
    return out;
}

std::string written(VersionMute const& mute) {
    return InlineTable{}
        .text("stem", mute.stem)
        .number("start_s", mute.start_s)
        .number("end_s", mute.end_s)
        .number("fade_s", mute.fade_s)
        .str();
}

std::string version_section(VersionPlan const& version) {
    std::string stems;
    for (auto const& stem : version.stems) {
        stems += (stems.empty() ? "" : ", ") + toml_text(stem);
    }
    std::string mutes;
    for (auto const& mute : version.mute) {
        mutes += (mutes.empty() ? "" : ", ") + written(mute);
    }
    return fmt::format("\n[[version]]\nname = {}\n", toml_text(version.name)) +
           (stems.empty() ? "" : "stems = [" + stems + "]\n") +
           (mutes.empty() ? "" : "mute = [" + mutes + "]\n") +
           (version.isrc.empty() ? "" : fmt::format("isrc = {}\n", toml_text(version.isrc))) +
           fmt::format("peaks = \"{}\"\n", name_in(kPeaksNames, version.peaks));
}

} // namespace

std::string_view name_of(EqualiserType type) noexcept {
    return name_in(kEqualiserNames, type);
}

std::string plan_toml(MasteringPlan const& plan) {
    std::string out = fmt::format("schema = {}\n", toml_text(kPlanSchema));
    for (auto const& stem : plan.stem) {
        out += stem_section(stem);
    }
    out += "\n[bus]\n" + line("eq", plan.bus.eq) + line("multiband", plan.bus.multiband) +
           line("limiter", plan.bus.limiter);
    out += "\n[reference]\n";
    if (plan.reference_strength) {
        out += fmt::format("strength = {}\n", toml_number(*plan.reference_strength));
    }
    out += fmt::format("max_gain_db = {}\n", toml_number(plan.reference_max_gain_db));
    if (plan.masking_fix) {
        out += fmt::format("\n[masking]\nfix = \"{}\"\n", *plan.masking_fix ? "auto" : "off");
    }
    for (auto const& delivery : plan.delivery) {
        out += delivery_section(delivery);
    }
    for (auto const& version : plan.version) {
        out += version_section(version);
    }
    return out;
}

} // namespace stemlathe
