#include "service/metrics/job_figures.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kTransaction_ms = 15'000;

/// 0 where there is none.
double number_at(boost::json::value const& document, std::string_view key) {
    auto const* const object = document.if_object();
    auto const* const value = object != nullptr ? object->if_contains(key) : nullptr;
    return value != nullptr && value->is_number() ? value->to_number<double>() : 0.0;
}

} // namespace

void JobFigures::read(Database& database) {
    auto const to_ms =
        database.query("SELECT now_ms()-$1 AS until", {kTransaction_ms}).front().integer("until");
    if (until_ms_ && to_ms > *until_ms_) {
        read_attempts(database, *until_ms_, to_ms);
        read_jobs(database, *until_ms_, to_ms);
    }
    until_ms_ = std::max(until_ms_.value_or(to_ms), to_ms);
}

void JobFigures::read_attempts(Database& database, std::int64_t from_ms, std::int64_t to_ms) {
    auto const rows = database.query(
        "SELECT j.kind AS kind, a.outcome AS outcome, count(*) AS count FROM attempt a "
        "JOIN job j ON j.id=a.job WHERE a.ended>$1 AND a.ended<=$2 GROUP BY j.kind, a.outcome",
        {from_ms, to_ms}
    );
    for (auto const& row : rows) {
        attempts_.add(
            {row.text("kind"), row.maybe_text("outcome").value_or("unknown")},
            static_cast<double>(row.integer("count"))
        );
    }
}

/// By the index job_changed, whose expression this is.
void JobFigures::read_jobs(Database& database, std::int64_t from_ms, std::int64_t to_ms) {
    auto const rows = database.query(
        "SELECT kind, state, CASE WHEN kind='render' THEN result END AS result FROM job "
        "WHERE coalesce(finished, started, created)>$1 "
        "AND coalesce(finished, started, created)<=$2 AND finished IS NOT NULL",
        {from_ms, to_ms}
    );
    for (auto const& row : rows) {
        jobs_.add({row.text("kind"), row.text("state")});
        boost::json::error_code broken;
        auto const result = boost::json::parse(row.maybe_text("result").value_or("null"), broken);
        if (auto const wall_s = number_at(result, "wall_s"); wall_s > 0.0) {
            render_seconds_.observe({}, wall_s);
            render_speed_.observe({}, number_at(result, "x_realtime"));
        }
    }
}

void JobFigures::write(Exposition& to) const {
    attempts_.write(to);
    jobs_.write(to);
    render_seconds_.write(to);
    render_speed_.write(to);
}

} // namespace stemlathe::service
