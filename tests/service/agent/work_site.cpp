#include "tests/service/agent/work_site.hpp"

#include "service/blobs/blob_rows.hpp"
#include "service/store/events.hpp"
#include "service/store/ids.hpp"
#include "tests/service/store/test_database.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <poll.h>

#include <algorithm>

namespace stemlathe::test {

namespace {

using service::AgentSettings;

std::filesystem::path program_named(std::string const& name) {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

/// What an end would mean to a session, in one event: "render.succeeded", ...
void note_end(service::Database& database, service::JobEnd const& end) {
    service::append_event(
        database,
        {.tenant = end.tenant,
         .type = end.kind + "." + (end.state == "dead" ? "failed" : end.state),
         .subject = end.job,
         .data = "{}"}
    );
}

} // namespace

WorkSite::WorkSite(std::filesystem::path const& folder)
    : database_{open_database(folder)},
      blobs_{folder, {.percent = 0, .bytes = 0}},
      queue_{*database_, {}, note_end} {
    if (count("SELECT count(*) AS count FROM tenant") == 0) {
        add_tenant(*database_, "ten_1");
        database_->query("UPDATE tenant SET max_running=100");
    }
}

AgentSettings WorkSite::settings(std::string const& manner) {
    using std::chrono::milliseconds;
    AgentSettings settings{
        .id = service::make_id("wrk"),
        .host = "here",
        .version = "test",
        .program = {program_named("fake_executor"), manner},
        .lease = milliseconds{1'000},
        .heartbeat = milliseconds{200},
        .progress = milliseconds{100},
        .cancel_look = milliseconds{100},
        .cancel_grace = milliseconds{300},
        .silence = milliseconds{500},
        .restart = milliseconds{20},
        .restart_most = milliseconds{40},
        .idle = milliseconds{50},
        .reap = milliseconds{100}};
    if (manner == "real") {
        settings.program = {program_named("stemlathe"), "executor"};
        settings.devices = {"cpu"};
        settings.silence = milliseconds{5'000};
        settings.lease = milliseconds{10'000};
    }
    return settings;
}

std::unique_ptr<service::Agent>
WorkSite::agent(AgentSettings const& settings, service::SmallJob probe) {
    return std::make_unique<service::Agent>(
        settings,
        blobs_,
        queue_,
        [this](std::function<void(service::Database&)> const& work) { for_agent(work); },
        std::move(probe)
    );
}

void WorkSite::for_agent(std::function<void(service::Database&)> const& work) {
    std::lock_guard const lock{mutex_};
    if (before_store) {
        before_store();
    }
    auto const before = database_->commits();
    work(*database_);
    if (after_commit && database_->commits() != before) {
        after_commit(*database_);
    }
}

void WorkSite::on_store(std::function<void(service::Database&)> const& work) {
    std::lock_guard const lock{mutex_};
    work(*database_);
}

std::string WorkSite::keep(std::filesystem::path const& file) {
    auto const place = blobs_.workshop() / service::make_id("tmp");
    std::filesystem::copy_file(file, place);
    auto const blob = blobs_.publish(place);
    on_store([&](service::Database& database) {
        service::Transaction transaction{database};
        service::note_blob(database, blob);
        transaction.commit();
    });
    return blob.digest;
}

void WorkSite::add_session(
    std::string const& name, std::vector<std::filesystem::path> const& stems
) {
    on_store([&](service::Database& database) {
        database.query(
            "INSERT INTO session(id, tenant, state, details, created, updated) "
            "VALUES($1, 'ten_1', 'ready', '{}', now_ms(), now_ms())",
            {name}
        );
    });
    for (auto const& stem : stems) {
        auto const digest = keep(stem);
        on_store([&](service::Database& database) {
            database.query(
                "INSERT INTO stem(id, tenant, session, kind, filename, digest, bytes, state, "
                "created) VALUES($1, 'ten_1', $2, 'stem', $3, $4, 1, 'ready', now_ms())",
                {service::make_id("stm"), name, stem.filename().string(), digest}
            );
        });
    }
}

std::string
WorkSite::enqueue(std::string const& session, std::string const& kind, std::int64_t attempts_max) {
    boost::json::array files;
    std::string job;
    on_store([&](service::Database& database) {
        for (auto const& row :
             database.query("SELECT filename, digest FROM stem WHERE session=$1", {session})) {
            files.push_back(
                {{"filename", row.text("filename")},
                 {"digest", row.text("digest")},
                 {"kind", "stem"},
                 {"role", nullptr},
                 {"priority", 0},
                 {"offset_s", 0.0}}
            );
        }
        boost::json::object spec{
            {"session", session},
            {"details", {{"title", "Song"}}},
            {"files", files},
            {"comments", boost::json::array{}}};
        if (kind == "render") {
            spec["plan"] = nullptr;
            spec["deliveries"] = {"streaming"};
            spec["review"] = true;
        }
        spec["compare"] = kind == "compare";
        service::Transaction transaction{database};
        job = queue_.enqueue(
            {.tenant = "ten_1",
             .session = session,
             .kind = kind == "compare" ? "analysis" : kind,
             .spec = boost::json::serialize(spec),
             .attempts_max = attempts_max}
        );
        transaction.commit();
    });
    return job;
}

service::JobStatus WorkSite::status(std::string const& job) {
    service::JobStatus status;
    on_store([&](service::Database&) { status = queue_.find(job).value(); });
    return status;
}

std::string WorkSite::state(std::string const& job) {
    return status(job).state;
}

std::vector<service::Attempt> WorkSite::attempts(std::string const& job) {
    std::vector<service::Attempt> found;
    on_store([&](service::Database&) { found = queue_.attempts(job); });
    return found;
}

bool WorkSite::cancel(std::string const& job) {
    bool done = false;
    on_store([&](service::Database&) { done = queue_.cancel(job); });
    return done;
}

std::int64_t WorkSite::count(std::string const& sql) {
    std::int64_t number = 0;
    on_store([&](service::Database& database) {
        number = database.query(sql).front().integer("count");
    });
    return number;
}

std::vector<std::string> WorkSite::outputs(std::string const& job) {
    std::vector<std::string> names;
    on_store([&](service::Database& database) {
        for (auto const& row :
             database.query("SELECT name FROM output WHERE job=$1 ORDER BY name", {job})) {
            names.push_back(row.text("name"));
        }
    });
    return names;
}

void WorkSite::hurry() {
    on_store([](service::Database& database) {
        database.query("UPDATE job SET run_after=0 WHERE state='queued'");
    });
}

void WorkSite::let_leases_run_out() {
    on_store([](service::Database& database) {
        database.query("UPDATE job SET lease_until=0 WHERE state='leased'");
    });
}

std::size_t WorkSite::work_folders() const {
    auto const folders = std::filesystem::directory_iterator{blobs_.workshop()};
    return static_cast<std::size_t>(std::distance(begin(folders), end(folders)));
}

bool comes_true(std::function<bool()> const& holds) {
    constexpr int kLooks = 6'000;
    for (int i = 0; i < kLooks; ++i) {
        if (holds()) {
            return true;
        }
        ::poll(nullptr, 0, 10);
    }
    return false;
}

} // namespace stemlathe::test
