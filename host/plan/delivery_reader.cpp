#include "host/plan/delivery_reader.hpp"

#include "host/plan/file_name.hpp"
#include "host/plan/plan_names.hpp"
#include "host/plan/plan_words.hpp"
#include "host/vinyl/side_plan.hpp"

#include <fmt/format.h>

namespace stemlathe {

namespace {

constexpr Range kLoudness_lufs{-60.0, -3.0};
constexpr Range kTolerance_lu{0.05, 6.0}; // the solver meets a target to within 0.05 LU

Choice<double> read_level(TableReader& reader, std::string_view key, Range range) {
    if (auto const word = keyword(reader, key)) {
        return *word == "off" ? Choice<double>::off() : Choice<double>{};
    }
    return *reader.number(key, range);
}

std::optional<int> read_bit_depth(TableReader& reader) {
    auto const* const node = reader.node("bit_depth");
    if (node != nullptr && node->is_string()) {
        (void)reader.word("bit_depth", {"float"});
        return 32;
    }
    auto const bits = reader.whole("bit_depth", {16.0, 24.0});
    if (bits && *bits != 16 && *bits != 24) {
        reader.fail("bit_depth", fmt::format("is {}; it must be 16, 24 or \"float\"", *bits));
    }
    return bits ? std::optional{static_cast<int>(*bits)} : std::nullopt;
}

/// A frequency in `low_hz` to `high_hz`, or 0 for none.
void read_corner(
    TableReader& reader, std::string_view key, double low_hz, double high_hz, double& into_hz
) {
    auto const hz = reader.number(key, {0.0, high_hz});
    if (hz && *hz != 0.0 && *hz < low_hz) {
        reader.fail(
            key, fmt::format("is {}; it must be 0 (none) or {} to {} Hz", *hz, low_hz, high_hz)
        );
    }
    set_if(into_hz, hz);
}

Choice<LowEndPlan> read_low_end(TableReader& reader) {
    if (auto const word = keyword(reader, "low_end")) {
        return *word == "off" ? Choice<LowEndPlan>::off() : Choice<LowEndPlan>{};
    }
    auto table = *reader.table("low_end");
    LowEndPlan out;
    read_corner(table, "high_pass_hz", 10.0, 200.0, out.high_pass_hz);
    read_corner(table, "side_high_pass_hz", 20.0, 500.0, out.side_high_pass_hz);
    if (auto const slope = table.whole("side_slope_db_oct", {6.0, 24.0})) {
        if (*slope % 6 != 0) {
            table.fail(
                "side_slope_db_oct", fmt::format("is {}; it must be 6, 12, 18 or 24", *slope)
            );
        }
        out.side_slope_db_oct = static_cast<double>(*slope);
    }
    table.finish();
    return out.high_pass_hz == 0.0 && out.side_high_pass_hz == 0.0 ? Choice<LowEndPlan>::off()
                                                                   : Choice<LowEndPlan>{out};
}

MetadataPlan read_metadata(TableReader& reader) {
    MetadataPlan out;
    if (auto table = reader.table("metadata")) {
        out.bext = table->boolean("bext");
        out.tags = table->boolean("tags");
        out.isrc = table->boolean("isrc");
        out.replay_gain = table->boolean("replay_gain");
        out.cue_sheet = table->boolean("cue_sheet");
        table->finish();
    }
    return out;
}

void read_loudness(TableReader& reader, DeliveryPlan& out) {
    out.integrated_lufs = read_level(reader, "integrated_lufs", kLoudness_lufs);
    out.tolerance_lu = reader.number("tolerance_lu", kTolerance_lu);
    out.integrated_lufs_min = reader.number("integrated_lufs_min", kLoudness_lufs);
    out.integrated_lufs_max = reader.number("integrated_lufs_max", kLoudness_lufs);
    if (out.integrated_lufs_min && out.integrated_lufs_max &&
        *out.integrated_lufs_min >= *out.integrated_lufs_max) {
        reader.fail(
            "integrated_lufs_min",
            fmt::format(
                "is {}; it must lie under integrated_lufs_max ({})",
                *out.integrated_lufs_min,
                *out.integrated_lufs_max
            )
        );
    }
    out.short_form_max_lufs = reader.number("short_form_max_lufs", kLoudness_lufs);
    out.true_peak_dbtp = read_level(reader, "true_peak_dbtp", {-20.0, 0.0});
    out.limiter = read_limiter(reader);
    out.gr_budget_db = reader.number("gr_budget_db", {0.0, 24.0});
    out.low_end = read_low_end(reader);
    out.side_format = reader.word("side_format", side_format_names());
}

void read_encoding(TableReader& reader, DeliveryPlan& out) {
    if (auto const rate = reader.whole("sample_rate_hz", {8'000.0, 192'000.0})) {
        out.sample_rate_hz = static_cast<int>(*rate);
    }
    out.bit_depth = read_bit_depth(reader);
    out.container = reader.word("container", {"WAV", "FLAC", "MP3", "OGG"});
    out.codec = reader.text("codec");
    if (reader.node("dither") != nullptr) {
        out.dither = word_in(reader, "dither", kDitherNames, Dither::tpdf);
    }
    if (auto const seed = reader.whole("seed", {0.0, 9.007199254740992e15})) {
        out.seed = static_cast<std::uint64_t>(*seed);
    }
}

} // namespace

std::optional<std::string> keyword(TableReader& reader, std::string_view key) {
    auto const* const node = reader.node(key);
    if (node == nullptr) {
        return "auto";
    }
    if (node->is_string()) {
        return reader.word(key, {"auto", "off"});
    }
    return std::nullopt;
}

Choice<LimiterPlan> read_limiter(TableReader& reader) {
    if (auto const word = keyword(reader, "limiter")) {
        return *word == "off" ? Choice<LimiterPlan>::off() : Choice<LimiterPlan>{};
    }
    auto table = *reader.table("limiter");
    LimiterPlan out;
    set_if(out.lookahead_ms, table.number("lookahead_ms", {0.5, 10.0}));
    if (auto const release = table.numbers("release_ms", {5.0, 5000.0})) {
        if (release->size() != 2 || release->front() > release->back()) {
            table.fail("release_ms", "must be two times, the faster one first");
        }
        out.fast_release_ms = release->front();
        out.slow_release_ms = release->back();
    }
    table.finish();
    return out;
}

void read_delivery_fields(TableReader& reader, DeliveryPlan& delivery) {
    read_loudness(reader, delivery);
    read_encoding(reader, delivery);
    delivery.file_name = reader.text("file_name");
    if (delivery.file_name) {
        if (auto const complaint = file_name_complaint(*delivery.file_name); !complaint.empty()) {
            reader.fail("file_name", complaint);
        }
    }
    delivery.metadata = read_metadata(reader);
}

} // namespace stemlathe
