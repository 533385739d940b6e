#include "host/report/report_json.hpp"

#include "host/report/json/delivery_parts.hpp"
#include "host/report/json/finding_objects.hpp"
#include "host/report/json/parts.hpp"
#include "host/report/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace stemlathe {

namespace json = boost::json;

namespace {

/// Levels are printed to a thousandth of a dB: finer than any standard asks for, coarser than
/// noise.
json::value level(std::optional<double> value) {
    return rounded(value, 3);
}

json::value seconds(std::optional<double> value) {
    return rounded(value, 3);
}

json::object engine_object(EngineReading const& engine) {
    return {
        {"version", engine.version},
        {"commit", engine.commit},
        {"generation", engine.generation},
        {"backend", engine.backend},
        {"device", engine.device},
        {"device_name", engine.device_name},
        {"reason", engine.reason},
        {"threads", engine.threads}};
}

json::object session_object(MasteringReport const& report) {
    auto const& info = report.info;
    json::object session{
        {"title", info.title},
        {"artist", info.artist},
        {"album", text_or_null(info.album)},
        {"isrc", text_or_null(info.isrc)},
        {"upc", text_or_null(info.upc)},
        {"date", text_or_null(info.date)},
        {"duration_s", seconds(report.duration_s)},
        {"sample_rate_hz", report.sample_rate_hz},
        {"stems", report.stem_count}};
    if (report.preview) {
        session["preview"] = {
            {"from_s", seconds(report.preview->from_s)}, {"to_s", seconds(report.preview->to_s)}};
    }
    return session;
}

json::object intake_object(std::string const& verdict, std::vector<Finding> const& findings) {
    return {{"verdict", verdict}, {"findings", finding_objects(findings)}};
}

json::array stem_objects(std::vector<StemReading> const& stems) {
    json::array list;
    for (auto const& stem : stems) {
        list.push_back(
            {{"file", stem.file},
             {"role", name_of(stem.role)},
             {"integrated_lufs", level(stem.integrated_lufs)},
             {"true_peak_dbtp", level(stem.true_peak_dbtp)},
             {"crest_db", level(stem.crest_db)},
             {"correlation", rounded(stem.correlation, 4)}}
        );
    }
    return list;
}

json::value null_object(std::optional<NullReading> const& reading) {
    if (!reading) {
        return nullptr;
    }
    return json::object{
        {"offset_samples", reading->offset_samples},
        {"gain_db", rounded(reading->gain_db, 3)},
        {"polarity", reading->polarity},
        {"residual_db", rounded(reading->residual_db, 2)}};
}

json::object mix_object(MixReading const& mix) {
    return {
        {"integrated_lufs", level(mix.integrated_lufs)},
        {"true_peak_dbtp", level(mix.true_peak_dbtp)},
        {"loudness_range_lu", level(mix.loudness_range_lu)},
        {"null_vs_reference", null_object(mix.null_vs_reference)}};
}

json::array file_objects(std::vector<DeliveredFile> const& files) {
    json::array list;
    for (auto const& file : files) {
        list.push_back(
            {{"path", file.path},
             {"container", file.container},
             {"codec", file.codec},
             {"sample_rate_hz", file.sample_rate_hz},
             {"bit_depth", file.bit_depth ? json::value(*file.bit_depth) : json::value(nullptr)},
             {"channels", file.channels},
             {"frames", file.frames},
             {"bytes", file.bytes},
             {"sha256", file.sha256}}
        );
    }
    return list;
}

/// Peak to loudness ratio: true peak over integrated loudness (AES TD1004.1.15-10, section 3).
std::optional<double> plr_db(LoudnessReading const& reading) {
    if (!reading.true_peak_dbtp || !reading.integrated_lufs) {
        return std::nullopt;
    }
    return *reading.true_peak_dbtp - *reading.integrated_lufs;
}

json::object delivery_object(DeliveryReport const& delivery) {
    auto const& reading = delivery.reading;
    return {
        {"profile", delivery.plan.profile},
        {"name", delivery.plan.name},
        {"version", text_or_null(delivery.version)},
        {"version_gain_db",
         delivery.version.empty() ? json::value(nullptr) : level(delivery.version_gain_db)},
        {"within_spec", delivery.within_spec},
        {"failures", failure_objects(delivery.failures)},
        {"notes", json::array(delivery.notes.begin(), delivery.notes.end())},
        {"integrated_lufs", level(reading.integrated_lufs)},
        {"target_lufs", level(delivery.target_lufs)},
        {"true_peak_dbtp", level(reading.true_peak_dbtp)},
        {"true_peak_limit_dbtp", level(delivery.true_peak_limit_dbtp)},
        {"sample_peak_dbfs", level(reading.sample_peak_dbfs)},
        {"loudness_range_lu", level(reading.loudness_range_lu)},
        {"short_term_max_lufs", level(reading.short_term_max_lufs)},
        {"momentary_max_lufs", level(reading.momentary_max_lufs)},
        {"plr_db", level(plr_db(reading))},
        {"gain_reduction_max_db", level(delivery.gain_reduction_max_db)},
        {"gain_reduction_mean_db", level(delivery.gain_reduction_mean_db)},
        {"gain_reduction_p95_db", level(delivery.gain_reduction_p95_db)},
        {"drive_db", level(delivery.drive_db)},
        {"trim_db", level(delivery.trim_db)},
        {"cutting",
         delivery.cutting.empty() ? json::value(nullptr) : cut_objects(delivery.cutting)},
        {"codec_round_trip", codecs_value(delivery.codecs)},
        {"files", file_objects(delivery.files)}};
}

json::object timing_object(Timing const& timing) {
    json::array stages;
    for (auto const& stage : timing.stages) {
        stages.push_back({{"name", stage.name}, {"wall_s", rounded(stage.wall_s, 4)}});
    }
    auto const x_realtime =
        timing.wall_s > 0.0 ? std::optional{timing.audio_s / timing.wall_s} : std::nullopt;
    return {
        {"audio_s", seconds(timing.audio_s)},
        {"wall_s", rounded(timing.wall_s, 4)},
        {"x_realtime", rounded(x_realtime, 2)},
        {"peak_memory_bytes", timing.peak_memory_bytes},
        {"stages", std::move(stages)}};
}

} // namespace

std::string report_json(MasteringReport const& report) {
    json::array deliveries;
    for (auto const& delivery : report.deliveries) {
        deliveries.emplace_back(delivery_object(delivery));
    }
    json::object const document{
        {"schema", "stemlathe.report/1"},
        {"engine", engine_object(report.engine)},
        {"session", session_object(report)},
        {"intake", intake_object(report.verdict, report.findings)},
        {"stems", stem_objects(report.stems)},
        {"mix", mix_object(report.mix)},
        {"masking", masking_value(report.masking)},
        {"comments", comments_value(report.comments)},
        {"deliveries", std::move(deliveries)},
        {"timing", timing_object(report.timing)}};
    return json_text(document);
}

std::string intake_json(std::string const& verdict, std::vector<Finding> const& findings) {
    return json_text(intake_object(verdict, findings));
}

std::string check_json(
    std::string const& verdict,
    std::vector<Finding> const& findings,
    std::optional<NullReading> const& null_vs_reference
) {
    auto document = intake_object(verdict, findings);
    document["null_vs_reference"] = null_object(null_vs_reference);
    return json_text(document);
}

} // namespace stemlathe
