#include "host/plan/delivery_reader.hpp"
#include "host/plan/plan_in.hpp"
#include "host/plan/plan_names.hpp"
#include "host/plan/plan_toml.hpp"
#include "host/plan/plan_words.hpp"
#include "host/toml/table_reader.hpp"
#include "host/versions/read_version.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe {

namespace {

constexpr Range kFrequency_hz{10.0, 96'000.0};
constexpr Range kGain_db{-24.0, 24.0};
constexpr Range kThreshold_db{-80.0, 0.0};
constexpr std::size_t kBandsMax = 64;

std::vector<CurvePoint> read_points(TableReader& reader) {
    std::vector<CurvePoint> points;
    auto const* const node = reader.node("points");
    auto const* const list = node != nullptr ? node->as_array() : nullptr;
    if (list == nullptr || list->empty() || list->size() > kBandsMax) {
        reader.fail("points", "must be a list of 1 to 64 [hz, db] pairs");
    }
    for (auto const& item : *list) {
        auto const* const pair = item.as_array();
        if (pair == nullptr || pair->size() != 2 || !pair->get(0)->is_number() ||
            !pair->get(1)->is_number()) {
            reader.fail("points", "must be a list of [hz, db] pairs");
        }
        CurvePoint const point{*pair->get(0)->value<double>(), *pair->get(1)->value<double>()};
        if (!(point.hz >= kFrequency_hz.low && point.hz <= kFrequency_hz.high) ||
            !(point.gain_db >= kGain_db.low && point.gain_db <= kGain_db.high)) {
            reader.fail("points", "must lie within 10 to 96000 Hz and -24 to 24 dB");
        }
        if (!points.empty() && point.hz <= points.back().hz) {
            reader.fail("points", "must rise strictly in frequency");
        }
        points.push_back(point);
    }
    return points;
}

/// What every type but a curve has; a curve has points, and no corner that nobody would hear.
void read_shape(TableReader& reader, EqualiserBand& band) {
    set_if(band.hz, reader.number("hz", kFrequency_hz));
    set_if(band.gain_db, reader.number("gain_db", kGain_db));
    set_if(band.q, reader.number("q", {0.1, 30.0}));
    set_if(band.slope_db_oct, reader.number("slope_db_oct", {6.0, 48.0}));
    if (band.slope_db_oct / 6.0 != static_cast<int>(band.slope_db_oct / 6.0)) {
        reader.fail("slope_db_oct", "must be 6, 12, 18, 24, 30, 36, 42 or 48");
    }
}

PlanBand read_band(TableReader reader, bool allow_dynamic) {
    PlanBand out;
    out.band.type = word_in(reader, "type", kEqualiserNames, EqualiserType::bell);
    if (out.band.type == EqualiserType::curve) {
        out.band.points = read_points(reader);
    } else {
        read_shape(reader, out.band);
    }
    if (auto dynamic = reader.table("dynamic")) {
        if (!allow_dynamic) {
            reader.fail("dynamic", "is not possible here; dynamic bands belong to a stem's eq");
        }
        DynamicKey key;
        set_if(key.key, dynamic->text("key"));
        set_if(key.threshold_db, dynamic->number("threshold_db", kThreshold_db));
        set_if(key.attack_ms, dynamic->number("attack_ms", {0.1, 500.0}));
        set_if(key.release_ms, dynamic->number("release_ms", {1.0, 5000.0}));
        dynamic->finish();
        out.dynamic = key;
    }
    reader.finish();
    return out;
}

std::vector<PlanBand> read_bands(TableReader& reader, bool allow_dynamic) {
    auto readers = reader.tables("eq");
    if (readers.size() > kBandsMax) {
        reader.fail("eq", fmt::format("has {} bands; it must have at most 64", readers.size()));
    }
    std::vector<PlanBand> bands;
    for (auto& band : readers) {
        bands.push_back(read_band(band, allow_dynamic));
    }
    return bands;
}

Choice<std::vector<PlanBand>> read_eq(TableReader& reader, bool allow_dynamic) {
    if (auto const word = keyword(reader, "eq")) {
        return *word == "off" ? Choice<std::vector<PlanBand>>::off()
                              : Choice<std::vector<PlanBand>>{};
    }
    return read_bands(reader, allow_dynamic);
}

CompressorPlan read_compressor(TableReader reader) {
    CompressorPlan out;
    set_if(out.threshold_db, reader.number("threshold_db", kThreshold_db));
    set_if(out.ratio, reader.number("ratio", {1.0, 100.0}));
    set_if(out.knee_db, reader.number("knee_db", {0.0, 24.0}));
    set_if(out.attack_ms, reader.number("attack_ms", {0.05, 500.0}));
    set_if(out.release_ms, reader.number("release_ms", {1.0, 5000.0}));
    set_if(out.makeup_db, reader.number("makeup_db", kGain_db));
    if (auto const detector = reader.word("detector", {"peak", "rms"})) {
        out.detector = *detector == "peak" ? Detector::peak : Detector::rms;
    }
    reader.finish();
    return out;
}

RegionPlan read_region(TableReader reader) {
    RegionPlan out;
    set_if(out.start_s, reader.number("start_s", {0.0, 86'400.0}));
    set_if(out.end_s, reader.number("end_s", {0.0, 86'400.0}));
    set_if(out.gain_db, reader.number("gain_db", {-60.0, 24.0}));
    set_if(out.fade_s, reader.number("fade_s", {0.0, 60.0}));
    out.eq = read_bands(reader, false);
    if (out.end_s <= out.start_s) {
        reader.fail(
            "end_s", fmt::format("is {}; it must be after start_s ({})", out.end_s, out.start_s)
        );
    }
    reader.finish();
    return out;
}

StemPlan read_stem(TableReader reader) {
    StemPlan out;
    set_if(out.match, reader.text("match"));
    set_if(out.gain_db, reader.number("gain_db", {-60.0, 24.0}));
    set_if(out.pan, reader.number("pan", {-1.0, 1.0}));
    set_if(out.width, reader.number("width", {0.0, 2.0}));
    set_if(out.mute, reader.boolean("mute"));
    set_if(out.invert, reader.boolean("invert"));
    out.eq = read_eq(reader, true);
    if (auto const word = keyword(reader, "dynamics")) {
        out.dynamics = *word == "off" ? Choice<CompressorPlan>::off() : Choice<CompressorPlan>{};
    } else {
        out.dynamics = read_compressor(*reader.table("dynamics"));
    }
    for (auto& region : reader.tables("region")) {
        out.region.push_back(read_region(region));
    }
    reader.finish();
    return out;
}

MultibandPlan read_multiband(TableReader reader) {
    MultibandPlan out;
    set_if(out.crossovers_hz, reader.numbers("crossovers_hz", {40.0, 20'000.0}));
    if (out.crossovers_hz.empty() || out.crossovers_hz.size() > 7 ||
        std::ranges::adjacent_find(out.crossovers_hz, std::greater_equal<>{}) !=
            out.crossovers_hz.end()) {
        reader.fail("crossovers_hz", "must be 1 to 7 frequencies that rise strictly");
    }
    for (auto& band : reader.tables("band")) {
        out.band.push_back(read_compressor(band));
    }
    if (out.band.size() != out.crossovers_hz.size() + 1) {
        reader.fail(
            "band",
            fmt::format(
                "has {} entries; {} crossovers make {} bands",
                out.band.size(),
                out.crossovers_hz.size(),
                out.crossovers_hz.size() + 1
            )
        );
    }
    reader.finish();
    return out;
}

BusPlan read_bus(TableReader reader) {
    BusPlan out;
    out.eq = read_eq(reader, false);
    if (auto const word = keyword(reader, "multiband")) {
        out.multiband = *word == "off" ? Choice<MultibandPlan>::off() : Choice<MultibandPlan>{};
    } else {
        out.multiband = read_multiband(*reader.table("multiband"));
    }
    out.limiter = read_limiter(reader);
    reader.finish();
    return out;
}

DeliveryPlan read_delivery(TableReader reader) {
    DeliveryPlan out;
    auto const profile = reader.text("profile");
    if (!profile) {
        reader.fail("profile", "is missing; name a profile (see: stemlathe profiles)");
    }
    out.profile = *profile;
    out.name = reader.text("name").value_or(out.profile);
    out.based_on = reader.text("based_on");
    read_delivery_fields(reader, out);
    reader.finish();
    return out;
}

VersionPlan read_plan_version(TableReader reader) {
    auto const name = reader.text("name").value_or("");
    if (!is_version_name(name)) {
        reader.fail(
            "name",
            fmt::format(
                "is \"{}\"; it becomes part of file names and must be 1 to 64 letters, digits, - "
                "and _",
                name
            )
        );
    }
    return read_version(reader, name);
}

void read_reference(TableReader& reader, MasteringPlan& plan) {
    if (auto const word = keyword(reader, "reference")) {
        plan.reference_strength = *word == "off" ? std::optional{0.0} : std::nullopt;
        return;
    }
    auto table = *reader.table("reference");
    plan.reference_strength = table.number("strength", {0.0, 1.0});
    set_if(plan.reference_max_gain_db, table.number("max_gain_db", {0.0, 12.0}));
    table.finish();
}

} // namespace

MasteringPlan parse_plan(std::string_view text, std::string const& file) {
    return plan_in(parse_toml(text, file, Code::invalid_plan), file);
}

MasteringPlan plan_in(toml::table const& document, std::string const& file) {
    TableReader reader{document, file, "", Code::invalid_plan};
    (void)reader.word("schema", {kPlanSchema});
    MasteringPlan plan;
    for (auto& stem : reader.tables("stem")) {
        plan.stem.push_back(read_stem(stem));
    }
    if (auto bus = reader.table("bus")) {
        plan.bus = read_bus(*bus);
    }
    read_reference(reader, plan);
    if (auto masking = reader.table("masking")) {
        if (auto const fix = masking->word("fix", {"auto", "off"})) {
            plan.masking_fix = *fix == "auto";
        }
        masking->finish();
    }
    for (auto& delivery : reader.tables("delivery")) {
        plan.delivery.push_back(read_delivery(delivery));
    }
    for (auto& version : reader.tables("version")) {
        plan.version.push_back(read_plan_version(version));
    }
    reader.finish();
    return plan;
}

MasteringPlan load_plan(std::filesystem::path const& path) {
    return parse_plan(read_text_file(path, Code::invalid_plan), path.string());
}

} // namespace stemlathe
