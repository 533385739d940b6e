#include "tests/service/server/farm.hpp"

#include "kernels/base/failure.hpp"
#include "service/client/remote.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

namespace stemlathe::test {

namespace {

bool is_executor(pid_t process) {
    auto const line = read_file(fmt::format("/proc/{}/cmdline", process));
    return line.find("executor") != std::string::npos;
}

} // namespace

FarmProcess::FarmProcess(
    std::vector<std::string> const& words,
    std::string const& prints,
    std::function<void()> const& before_start,
    std::string const& program
)
    : program_{words, [&] {
                   ::setenv("STEMLATHE_ADMIN_TOKEN", kFarmOwner, 1);
                   ::setpgid(0, 0);
                   ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that is killed leaves no farm
                   if (before_start) {
                       before_start();
                   }
               }, program},
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

void FarmProcess::kill_all() {
    send_to_all(SIGKILL);
    static_cast<void>(program_.outcome());
    is_over_ = true;
}

void FarmProcess::send_to_all(int signal) const {
    ::kill(-program_.pid(), signal);
}

std::vector<pid_t> FarmProcess::executors() const {
    std::vector<pid_t> processes;
    auto const threads = fmt::format("/proc/{}/task", program_.pid());
    for (auto const& thread : std::filesystem::directory_iterator{threads}) {
        std::ifstream file{thread.path() / "children"};
        std::copy_if(
            std::istream_iterator<pid_t>{file}, {}, std::back_inserter(processes), is_executor
        );
    }
    return processes;
}

int FarmProcess::stop() {
    program_.send(SIGTERM);
    is_over_ = true;
    auto const outcome = program_.outcome();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.exit_code;
}

Farm::Farm(std::string url, double lease_s, std::filesystem::path files)
    : url_{std::move(url)}, lease_s_{lease_s}, files_{std::move(files)} {}

std::vector<std::string> Farm::words(std::string const& command, std::string const& url) {
    auto const place = folder_ / fmt::format("{}", ++processes_);
    write_file(
        place / "stemlathe.toml",
        fmt::format(
            "[store]\nurl = \"{}\"\n[blobs]\ndir = \"{}\"\n[data]\ndir = \"{}\"\n"
            "keep_free_percent = 0\nkeep_free_gib = 0\n"
            "[worker]\ndevices = [\"cpu\"]\nthreads = 1\nlease_s = {}\n{}",
            url.empty() ? url_ : url,
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
    return std::make_unique<FarmProcess>(all, "listening on ", std::function<void()>{}, program);
}

Outcome Farm::serve_in_vain() {
    auto all = words("serve");
    all.insert(all.end(), {"--listen", "127.0.0.1:0", "--no-worker"});
    return run_stemlathe(all);
}

std::unique_ptr<FarmProcess> Farm::worker(WorkerStart const& start) {
    return std::make_unique<FarmProcess>(
        words("worker", start.url), "working as ", start.before_start, program
    );
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

std::string Farm::order(
    FarmProcess const& service,
    std::string const& session,
    std::string const& delivery,
    std::string const& key
) {
    service::Remote remote{{.server = service.name(), .token = kFarmOwner}, {}};
    auto const render =
        remote.post("/v1/sessions/" + session + "/renders", {{"deliveries", {delivery}}}, key);
    return render.at("id").as_string().c_str();
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

void Farm::expect_files_whole() {
    auto all = words("scrub");
    all.emplace_back("--json");
    auto const outcome = run_stemlathe(all, {}, program);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    EXPECT_GT(outcome.json().at("blobs").as_int64(), 0);
}

std::string Farm::session() {
    return database().query("SELECT id FROM session").front().text("id");
}

std::int64_t Farm::now_ms() {
    return count("SELECT now_ms() AS count");
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
