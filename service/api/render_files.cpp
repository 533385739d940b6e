#include "service/api/render_files.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/file_answer.hpp"
#include "service/api/lookup.hpp"
#include "service/api/render_json.hpp"
#include "service/api/stored_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace stemlathe::service {

namespace {

constexpr std::string_view kReviewAudio = "review/";
constexpr std::int64_t kPeaksMax = 4000;

/// One of a render's outputs. @throws Problem{not_found}
StoredFile output_named(Call const& call, Row const& render, std::string const& name) {
    auto const rows = call.database().query(
        "SELECT digest, bytes FROM output WHERE job=$1 AND name=$2", {render.text("job"), name}
    );
    if (rows.empty()) {
        throw Problem{
            ProblemKind::not_found,
            fmt::format("revision {} has no {}", render.integer("revision"), name)};
    }
    auto const& row = rows.front();
    return {.digest = row.text("digest"), .bytes = row.integer("bytes")};
}

/// What a browser plays: never a file that is delivered.
struct ReviewAudio {
    std::string name{};
    StoredFile file{};
};

ReviewAudio review_audio(Call const& call, Row const& render) {
    for (auto const& row : call.database().query(
             "SELECT name, digest, bytes FROM output WHERE job=$1 ORDER BY name",
             {render.text("job")}
         )) {
        auto const& name = row.text("name");
        if (name.starts_with(kReviewAudio) && !name.ends_with(".json")) {
            return {
                .name = name,
                .file = {.digest = row.text("digest"), .bytes = row.integer("bytes")}};
        }
    }
    throw Problem{
        ProblemKind::not_found, "this revision has no audio for review (yet); see its state"};
}

/// A share link may limit how often it is played; each start from the beginning counts.
void count_play(Call const& call) {
    auto const range = call.request.field("range");
    bool const is_start = range.empty() || range.starts_with("bytes=0-");
    if (call.who.rank != Rank::reviewer || !is_start || call.request.method == Method::head) {
        return;
    }
    Transaction transaction{call.database()};
    auto const rows = call.database().query(
        "UPDATE share SET plays=plays+1 WHERE id=$1 AND (max_plays IS NULL OR plays<max_plays) "
        "RETURNING id",
        {call.who.id}
    );
    if (rows.empty()) {
        throw Problem{ProblemKind::forbidden, "this link has been played as often as it may be"};
    }
    transaction.commit();
}

std::int64_t wanted_peaks(Call const& call) {
    auto const text = call.request.query_value("px").value_or("1000");
    std::int64_t count = 0;
    auto const [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || *rest != '\0' || count < 1 || count > kPeaksMax) {
        throw Problem{
            ProblemKind::bad_request,
            fmt::format("px is {}; it must be a whole number from 1 to {}", text, kPeaksMax)};
    }
    return count;
}

/// At most `wanted` of the pairs that a file of peaks holds.
Response peaks_answer(std::string const& text, std::int64_t wanted) {
    auto const stored = stored_json(text);
    auto const& low = stored.at("low").as_array();
    auto const& high = stored.at("high").as_array();
    auto const have = static_cast<std::int64_t>(low.size());
    auto const count = std::min(wanted, have);
    boost::json::array lows;
    boost::json::array highs;
    for (std::int64_t i = 0; i < count; ++i) {
        auto const from = static_cast<std::size_t>(i * have / count);
        auto const to = static_cast<std::size_t>((i + 1) * have / count);
        double least = 1.0;
        double most = -1.0;
        for (auto at = from; at < to; ++at) {
            least = std::min(least, low[at].to_number<double>());
            most = std::max(most, high[at].to_number<double>());
        }
        lows.emplace_back(least);
        highs.emplace_back(most);
    }
    return json_answer(
        200,
        {{"duration_s", stored.at("duration_s")},
         {"low", std::move(lows)},
         {"high", std::move(highs)}}
    );
}

} // namespace

Response show_report(Call const& call) {
    auto const render = render_of(call);
    if (call.who.rank == Rank::reviewer && !may_download(call, render->text("id"))) {
        throw Problem{
            ProblemKind::not_approved, "the report comes with the files, when they are approved"};
    }
    auto const accept = call.request.field("accept");
    bool const any = accept.empty() || accept.find("*/*") != std::string_view::npos;
    bool const html = accept.find("text/html") != std::string_view::npos;
    bool const json = accept.find("application/json") != std::string_view::npos;
    bool const pdf = accept.find("application/pdf") != std::string_view::npos;
    if (!any && !html && !json && !pdf) {
        throw Problem{
            ProblemKind::not_acceptable,
            "reports come as application/json and text/html, their quality-control sheets as "
            "application/pdf"};
    }
    bool const is_sheet = pdf && !html && !json;
    auto const name = html ? "report.html" : is_sheet ? "qc.pdf" : "report.json";
    auto response = file_answer(
        call, output_named(call, *render, name), media_type_of(name), std::string_view{}
    );
    response.with("Vary", "Accept");
    if (html) {
        // The report carries its own styles and pictures, and nothing that runs.
        response.with(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
        );
    }
    return response;
}

Response play_media(Call const& call) {
    auto const render = render_of(call);
    auto const audio = review_audio(call, *render);
    count_play(call);
    return file_answer(call, audio.file, media_type_of(audio.name), std::string_view{});
}

Response show_peaks(Call const& call) {
    auto const render = render_of(call);
    auto const wanted = wanted_peaks(call);
    auto const file = output_named(call, *render, std::string{kReviewAudio} + "peaks.json");
    Response response;
    response.later = [&blobs = call.services.blobs, file, wanted](Response const& /*draft*/) {
        return peaks_answer(small_text(blobs, file), wanted);
    };
    return response;
}

Response send_file(Call const& call) {
    auto const render = render_of(call);
    auto const& name = call.request.path_value("name");
    if (name.starts_with(kReviewAudio)) {
        throw Problem{ProblemKind::not_found, "there is no such file"};
    }
    auto const file = output_named(call, *render, name);
    if (!may_download(call, render->text("id"))) {
        throw Problem{
            ProblemKind::not_approved,
            "the files of this revision are released by its approval; until then, listen at "
            "/media"};
    }
    note_download(
        call,
        {.action = "file.downloaded",
         .subject = render->text("id"),
         .client = render->text("tenant"),
         .detail = {{"name", name}, {"sha256", file.digest}}}
    );
    auto const slash = name.rfind('/');
    return file_answer(
        call, file, media_type_of(name), slash == std::string::npos ? name : name.substr(slash + 1)
    );
}

} // namespace stemlathe::service
