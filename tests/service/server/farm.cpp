#include "tests/service/server/farm.hpp"

#include "kernels/base/failure.hpp"
#include "service/client/remote.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <utility>

namespace stemlathe::test {

FarmProcess::FarmProcess(std::vector<std::string> const& words, std::string const& prints)
    : program_{words, [] {
                   ::setenv("STEMLATHE_ADMIN_TOKEN", kFarmOwner, 1);
               }},
      name_{program_.printed_after(prints)} {}

FarmProcess::~FarmProcess() {
    if (!is_over_) {
        EXPECT_EQ(stop(), 0);
    }
}

void FarmProcess::kill() {
    program_.send(SIGKILL);
    static_cast<void>(program_.outcome());
    is_over_ = true;
}

int FarmProcess::stop() {
    program_.send(SIGTERM);
    is_over_ = true;
    auto const outcome = program_.outcome();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.exit_code;
}

Farm::Farm(std::string url, double lease_s) : url_{std::move(url)}, lease_s_{lease_s} {}

std::vector<std::string> Farm::words(std::string const& command) {
    auto const place = folder_ / fmt::format("{}", ++processes_);
    write_file(
        place / "stemlathe.toml",
        fmt::format(
            "[store]\nurl = \"{}\"\n[blobs]\ndir = \"{}\"\n[data]\ndir = \"{}\"\n"
            "keep_free_percent = 0\nkeep_free_gib = 0\n"
            "[worker]\ndevices = [\"cpu\"]\nthreads = 1\nlease_s = {}\n{}",
            url_,
            files().string(),
            (place / "var").string(),
            lease_s_,
            more_settings
        )
    );
    return {command, "--config", (place / "stemlathe.toml").string()};
}

std::unique_ptr<FarmProcess> Farm::serve() {
    auto all = words("serve");
    all.insert(all.end(), {"--listen", "127.0.0.1:0", "--no-worker"});
    return std::make_unique<FarmProcess>(all, "listening on ");
}

Outcome Farm::serve_in_vain() {
    auto all = words("serve");
    all.insert(all.end(), {"--listen", "127.0.0.1:0", "--no-worker"});
    return run_stemlathe(all);
}

std::unique_ptr<FarmProcess> Farm::worker() {
    return std::make_unique<FarmProcess>(words("worker"), "working as ");
}

Outcome Farm::client(FarmProcess const& service, std::vector<std::string> words) {
    words.insert(words.end(), {"--server", service.name(), "--token", kFarmOwner, "--json"});
    return run_stemlathe(words, [state = (folder_ / "state").string()] {
        ::setenv("XDG_STATE_HOME", state.c_str(), 1);
    });
}

std::string Farm::submit(FarmProcess const& service, std::string const& song) {
    auto const outcome = client(service, {"submit", (songs() / song).string(), "--deliver", "cd"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
    return outcome.exit_code == 0 ? outcome.json().at("id").as_string().c_str() : std::string{};
}

void Farm::order(
    FarmProcess const& service,
    std::string const& session,
    std::string const& delivery,
    std::string const& key
) {
    service::Remote remote{{.server = service.name(), .token = kFarmOwner}, {}};
    remote.post("/v1/sessions/" + session + "/renders", {{"deliveries", {delivery}}}, key);
}

boost::json::object Farm::get(FarmProcess const& service, std::string const& path) {
    service::Remote remote{{.server = service.name(), .token = kFarmOwner}, {}};
    return remote.get(path);
}

service::Database& Farm::database() {
    if (!database_) {
        database_ = std::make_unique<service::PostgresDatabase>(url_);
    }
    return *database_;
}

std::int64_t Farm::count(std::string const& sql) {
    return database().query(sql).front().integer("count");
}

bool Farm::comes_to(std::int64_t wanted, std::string const& sql, int patience_s) {
    std::int64_t found = -1;
    auto const is_there = [&] {
        try {
            found = count(sql);
        } catch (Failure const& failure) { // the database is away
            EXPECT_EQ(failure.code(), Code::storage_failed) << failure.what();
        }
        return found == wanted;
    };
    bool const has_come = soon(is_there, patience_s);
    EXPECT_TRUE(has_come) << sql << "\nis " << found << ", not " << wanted;
    return has_come;
}

void Farm::expect_one_result_each() {
    EXPECT_EQ(count("SELECT count(*) AS count FROM job WHERE state<>'succeeded'"), 0);
    EXPECT_EQ(
        count("SELECT count(*) AS count FROM job j WHERE j.kind='render' AND 1<>("
              "SELECT count(*) FROM output o WHERE o.job=j.id AND o.name='manifest.json')"),
        0
    );
    EXPECT_EQ(
        count("SELECT count(*) AS count FROM output o JOIN job j ON j.id=o.job "
              "WHERE o.fence<>j.fence"),
        0
    ) << "outputs of a lease that was lost";
    EXPECT_EQ(
        count("SELECT count(*) AS count FROM job j WHERE 1<>("
              "SELECT count(*) FROM attempt a WHERE a.job=j.id AND a.outcome='succeeded')"),
        0
    );
    EXPECT_EQ(count("SELECT count(*) AS count FROM attempt WHERE ended IS NULL"), 0);
    EXPECT_EQ(
        count("SELECT count(*) AS count FROM event WHERE type='render.succeeded'"),
        count("SELECT count(*) AS count FROM job WHERE kind='render'")
    );
}

FarmSchema::FarmSchema() {
    static int number = 0;
    name_ = fmt::format("farm_{}_{}", ::getpid(), ++number);
    service::PostgresDatabase{PostgresCluster::shared().url()}.query("CREATE SCHEMA " + name_);
}

FarmSchema::~FarmSchema() {
    service::PostgresDatabase{PostgresCluster::shared().url()}.query(
        "DROP SCHEMA " + name_ + " CASCADE"
    );
}

std::string FarmSchema::url() const {
    return PostgresCluster::shared().url(name_);
}

bool soon(std::function<bool()> const& holds, int patience_s) {
    constexpr int kLooks_s = 50;
    for (int look = 0; !holds(); ++look) {
        if (look > patience_s * kLooks_s) {
            return false;
        }
        ::usleep(20'000);
    }
    return true;
}

} // namespace stemlathe::test
