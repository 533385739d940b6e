#include "host/qc/sheet_json.hpp"

#include "host/plan/plan_names.hpp"
#include "host/report/json/delivery_parts.hpp"
#include "host/report/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace stemlathe {

namespace json = boost::json;

namespace {

json::value whole_or_null(std::optional<int> number) {
    return number ? json::value(*number) : json::value(nullptr);
}

/// Whole numbers are written as such.
json::value figure_value(QcFigure const& figure) {
    if (figure.decimals == 0 && figure.value) {
        return static_cast<std::int64_t>(*figure.value);
    }
    return rounded(figure.value, figure.decimals);
}

json::object measured_object(LoudnessReading const& reading) {
    json::object measured;
    for (auto const& figure : figures_of(reading)) {
        measured[figure.key] = figure_value(figure);
    }
    json::array channels;
    for (std::size_t c = 0; c < reading.channels.size(); ++c) {
        json::object channel{{"name", channel_name(c, reading.channels.size())}};
        for (auto const& figure : channel_figures_of(reading, c)) {
            channel[figure.key] = figure_value(figure);
        }
        channels.push_back(std::move(channel));
    }
    measured["channels"] = std::move(channels);
    return measured;
}

json::object file_object_of(QcFile const& entry) {
    auto const& file = entry.file;
    double const duration_s = static_cast<double>(file.frames) / file.sample_rate_hz;
    return {
        {"path", file.path},
        {"container", file.container},
        {"codec", file.codec},
        {"sample_rate_hz", file.sample_rate_hz},
        {"bit_depth", whole_or_null(file.bit_depth)},
        {"channels", file.channels},
        {"frames", file.frames},
        {"duration_s", rounded(duration_s, 6)},
        {"duration", duration_text(duration_s)},
        {"bytes", file.bytes},
        {"md5", file.md5},
        {"sha256", file.sha256},
        {"audio_fingerprint", text_or_null(entry.reading ? entry.reading->audio_fingerprint : "")},
        {"measured", entry.reading ? json::value(measured_object(*entry.reading)) : nullptr},
        {"codec_round_trip", codecs_value(entry.codecs)}};
}

json::array check_objects(std::vector<QcCheck> const& checks) {
    json::array list;
    for (auto const& check : checks) {
        list.push_back(
            {{"code", check.code},
             {"path", check.path},
             {"what", check.what},
             {"unit", check.unit},
             {"measured", rounded(check.measured, 3)},
             {"min", rounded(check.min, 3)},
             {"max", rounded(check.max, 3)},
             {"pass", check.pass},
             {"advice", check.is_advice}}
        );
    }
    return list;
}

json::value processing_value(std::optional<QcProcessing> const& how) {
    if (!how) {
        return nullptr;
    }
    auto const& processing = *how;
    bool const is_resampled = processing.session_rate_hz != processing.rate_hz;
    return json::object{
        {"resampled_from_hz",
         is_resampled ? json::value(processing.session_rate_hz) : json::value(nullptr)},
        {"dither", name_in(kDitherNames, processing.dither)},
        {"dither_seed",
         processing.dither == Dither::none ? json::value(nullptr) : json::value(processing.seed)},
        {"drive_db", rounded(processing.drive_db, 3)},
        {"trim_db", rounded(processing.trim_db, 3)},
        {"limiter", processing.may_limit},
        {"gain_reduction_max_db", rounded(processing.gain_reduction_max_db, 3)},
        {"gain_reduction_mean_db", rounded(processing.gain_reduction_mean_db, 3)}};
}

json::object session_object_of(QcSheet const& sheet) {
    auto const& info = sheet.info;
    return {
        {"title", sheet.song},
        {"artist", text_or_null(info.artist)},
        {"album", text_or_null(info.album)},
        {"isrc", text_or_null(info.isrc)},
        {"upc", text_or_null(info.upc)},
        {"date", text_or_null(info.date)}};
}

json::object intake_object_of(QcSheet const& sheet) {
    json::array warnings;
    for (auto const& finding : sheet.intake) {
        warnings.push_back(
            {{"code", finding.code},
             {"severity", name_of(finding.severity)},
             {"stem", text_or_null(finding.stem)},
             {"message", finding.message}}
        );
    }
    return {{"warnings", std::move(warnings)}, {"infos", sheet.intake_infos}};
}

} // namespace

std::string qc_json(QcSheet const& sheet) {
    json::array files;
    for (auto const& file : sheet.files) {
        files.push_back(file_object_of(file));
    }
    json::array companions;
    for (auto const& companion : sheet.companions) {
        companions.push_back(
            {{"path", companion.path},
             {"bytes", companion.bytes},
             {"md5", companion.sums.md5},
             {"sha256", companion.sums.sha256}}
        );
    }
    return json_text(json::object{
        {"schema", "stemlathe.qc/1"},
        {"engine",
         {{"version", sheet.engine.version},
          {"commit", sheet.engine.commit},
          {"device", sheet.engine.device}}},
        {"session", session_object_of(sheet)},
        {"package", sheet.package},
        {"profile", sheet.profile},
        {"within_spec", sheet.within_spec},
        {"target_lufs", rounded(sheet.target_lufs, 3)},
        {"checks", check_objects(sheet.checks)},
        {"failures", failure_objects(sheet.failures)},
        {"notes", json::array(sheet.notes.begin(), sheet.notes.end())},
        {"processing", processing_value(sheet.processing)},
        {"files", std::move(files)},
        {"companions", std::move(companions)},
        {"intake", intake_object_of(sheet)}});
}

} // namespace stemlathe
