#include "service/api/job_spec.hpp"

#include "service/api/answers.hpp"
#include "service/api/problem.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace stemlathe::service {

namespace {

/// Five stems on two cores run at 25 to 80 times realtime with the masking analysis; queues only
/// need the proportion between jobs.
constexpr double kRealtime = 25.0;
constexpr std::int64_t kStart_ms = 500;
constexpr double kMs = 1000.0;

boost::json::array files_of(Call const& call, std::string const& session) {
    boost::json::array files;
    bool has_stem = false;
    for (auto const& row : call.database().query(
             "SELECT * FROM stem WHERE session=$1 AND deleted IS NULL AND kind<>'attachment' "
             "AND state<>'rejected' ORDER BY filename, id",
             {session}
         )) {
        auto const& filename = row.text("filename");
        if (row.text("state") == "probing") {
            throw Problem{
                ProblemKind::conflict,
                fmt::format("{} is still being checked; try again in a moment", filename)};
        }
        bool const is_stem = row.text("kind") == "stem";
        if (is_stem && row.integer("mute") != 0) {
            continue;
        }
        has_stem = has_stem || is_stem;
        double offset_s = 0.0;
        auto const offset = row.maybe_text("offset_s").value_or("0");
        std::from_chars(offset.data(), offset.data() + offset.size(), offset_s);
        files.push_back(
            {{"filename", filename},
             {"digest", row.text("digest")},
             {"kind", row.text("kind")},
             {"role", text_or_null(row.maybe_text("role"))},
             {"priority", row.maybe_integer("priority").value_or(0)},
             {"offset_s", offset_s}}
        );
    }
    if (!has_stem) {
        throw Problem{
            ProblemKind::conflict, "the session has no stem that can be mastered; upload one"};
    }
    return files;
}

/// Comments that are open: a report measures their moments.
boost::json::array comments_of(Call const& call, std::string const& session) {
    boost::json::array comments;
    for (auto const& row : call.database().query(
             "SELECT text, start_ms, end_ms, stem FROM comment WHERE session=$1 "
             "AND state='open' AND parent IS NULL AND deleted IS NULL ORDER BY id LIMIT 1000",
             {session}
         )) {
        boost::json::object comment{
            {"text", row.text("text")}, {"stem", text_or_null(row.maybe_text("stem"))}};
        auto const start_ms = row.maybe_integer("start_ms");
        if (start_ms) {
            auto const end_ms = row.maybe_integer("end_ms").value_or(*start_ms);
            comment["start_s"] = static_cast<double>(*start_ms) / kMs;
            comment["end_s"] = static_cast<double>(end_ms) / kMs;
        }
        comments.push_back(std::move(comment));
    }
    return comments;
}

boost::json::object common_spec(Call const& call, Row const& session) {
    return {
        {"session", session.text("id")},
        {"details", boost::json::parse(session.text("details"))},
        {"files", files_of(call, session.text("id"))},
        {"comments", comments_of(call, session.text("id"))}};
}

boost::json::value number_or_null(std::optional<double> number) {
    return number ? boost::json::value(*number) : boost::json::value{};
}

} // namespace

std::string render_spec(Call const& call, Row const& session, RenderWish const& wish) {
    auto spec = common_spec(call, session);
    spec["plan"] = boost::json::parse(wish.plan);
    spec["deliveries"] = boost::json::parse(wish.deliveries);
    spec["from_s"] = number_or_null(wish.from_s);
    spec["to_s"] = number_or_null(wish.to_s);
    spec["apply_comments"] = wish.apply_comments;
    spec["review"] = wish.review;
    return boost::json::serialize(spec);
}

std::string analysis_spec(Call const& call, Row const& session) {
    return boost::json::serialize(common_spec(call, session));
}

std::int64_t cost_of_session_ms(Database& database, std::string const& session) {
    double longest_s = 0.0;
    std::int64_t stems = 0;
    for (auto const& row : database.query(
             "SELECT media FROM stem WHERE session=$1 AND kind='stem' AND deleted IS NULL",
             {session}
         )) {
        auto const media = stored_json(row.maybe_text("media"));
        if (media.is_object()) {
            longest_s = std::max(longest_s, media.at("duration_s").to_number<double>());
            ++stems;
        }
    }
    auto const share = static_cast<double>(stems + 5) / 10.0; // half of a job is the bus
    return kStart_ms + static_cast<std::int64_t>(longest_s * share / kRealtime * kMs);
}

std::string stems_of_spec(std::string const& spec) {
    boost::json::array stems;
    auto const document = boost::json::parse(spec);
    for (auto const& file : document.at("files").as_array()) {
        if (file.at("kind") == "stem") {
            stems.push_back({{"filename", file.at("filename")}, {"digest", file.at("digest")}});
        }
    }
    return boost::json::serialize(stems);
}

} // namespace stemlathe::service
