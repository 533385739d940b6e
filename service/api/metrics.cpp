#include "service/api/metrics.hpp"

#include "service/blobs/scrub_record.hpp"
#include "service/metrics/job_figures.hpp"
#include "service/metrics/process_figures.hpp"
#include "service/metrics/service_figures.hpp"

#include <fmt/format.h>

#include <array>

namespace stemlathe::service {

namespace {

double count_of(Database& database, std::string_view sql) {
    return static_cast<double>(database.query(sql).front().integer("count"));
}

/// Every state and class, also those that no job is in: a line that comes and goes cannot be
/// watched.
void write_jobs(Exposition& to, Database& database) {
    to.family("stemlathe_jobs", "gauge", "Jobs by state and class; probes of uploads among them.");
    for (auto const* const state : {"queued", "leased", "dead"}) {
        for (auto const* const klass : {"preview", "normal", "bulk"}) {
            // The state as a word of the text: only so SQLite takes the index of that state.
            auto const rows = database.query(
                fmt::format(
                    "SELECT count(*) AS count FROM job WHERE state='{}' AND class=$1", state
                ),
                {klass}
            );
            auto const* const name = state == std::string_view{"leased"} ? "running" : state;
            std::array<Label, 2> const labels{Label{"state", name}, Label{"class", klass}};
            to.sample(static_cast<double>(rows.front().integer("count")), labels);
        }
    }
}

void write_storage(Exposition& to, Call const& call) {
    auto& database = call.database();
    auto const uploads =
        database.query("SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes "
                       "FROM upload WHERE state='receiving'");
    auto const blobs = database.query("SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes "
                                      "FROM blob WHERE state='live'");
    auto const number = [](Rows const& rows, std::string_view column) {
        return static_cast<double>(rows.front().integer(column));
    };
    to.gauge("stemlathe_uploads_open", "Uploads that are not complete.", number(uploads, "count"));
    to.gauge("stemlathe_uploads_open_bytes", "What they will hold.", number(uploads, "bytes"));
    to.gauge("stemlathe_blobs", "Files that are kept.", number(blobs, "count"));
    to.gauge("stemlathe_blobs_bytes", "Their bytes.", number(blobs, "bytes"));
    to.gauge(
        "stemlathe_storage_free_bytes",
        "Room before the reserve.",
        static_cast<double>(call.services.blobs.room_bytes())
    );
}

/// 0 where there was none yet: so old a scrub is an alarm as well.
void write_scrub(Exposition& to, Database& database) {
    auto const last = last_scrub(database).value_or(ScrubRecord{});
    to.gauge(
        "stemlathe_scrub_finished_timestamp_seconds",
        "When all files were read last, since 1970; 0: never.",
        static_cast<double>(last.finished_ms) / 1000.0
    );
    to.gauge("stemlathe_scrub_files", "Files that it read.", static_cast<double>(last.files));
    to.gauge(
        "stemlathe_scrub_damaged",
        "Those of them that were missing or had other bytes.",
        static_cast<double>(last.damaged)
    );
}

void write_webhooks(Exposition& to, Database& database) {
    to.gauge(
        "stemlathe_webhook_deliveries_waiting",
        "Events that a receiver has not taken yet.",
        count_of(database, "SELECT count(*) AS count FROM webhook_delivery WHERE state='waiting'")
    );
    to.gauge(
        "stemlathe_webhooks_disabled",
        "Webhooks that are not sent to: gone, failing, or on request.",
        count_of(
            database,
            "SELECT count(*) AS count FROM webhook WHERE deleted IS NULL AND disabled IS NOT NULL"
        )
    );
}

} // namespace

Response show_metrics(Call const& call) {
    Exposition figures;
    std::array<Label, 2> const build{
        Label{"version", call.services.version}, Label{"engine", call.services.engine}};
    figures.family("stemlathe_build_info", "gauge", "1; the labels say which build this is.");
    figures.sample(1.0, build);
    auto& database = call.database();
    write_jobs(figures, database);
    write_storage(figures, call);
    write_scrub(figures, database);
    write_webhooks(figures, database);
    figures.gauge(
        "stemlathe_workers",
        "Workers that take jobs.",
        count_of(
            database,
            "SELECT count(*) AS count FROM worker WHERE draining=0 AND seen>now_ms()-30000"
        )
    );
    figures.gauge(
        "stemlathe_events_last",
        "The number of the newest event.",
        count_of(database, "SELECT coalesce(max(seq), 0) AS count FROM event")
    );
    if (call.services.job_figures != nullptr) {
        call.services.job_figures->read(database);
        call.services.job_figures->write(figures);
    }
    if (call.services.figures != nullptr) {
        call.services.figures->write(figures);
    }
    write_process(figures);
    Response response;
    response.with("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .with("Cache-Control", "no-store");
    response.body = std::move(figures).take();
    return response;
}

} // namespace stemlathe::service
