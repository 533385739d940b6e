#include "service/server/worker.hpp"

#include "kernels/base/failure.hpp"
#include "service/agent/agent.hpp"
#include "service/server/site.hpp"
#include "service/store/migrate.hpp"
#include "service/store/open_store.hpp"
#include "service/store/postgres/announcer.hpp"
#include "service/uploads/probe_stem.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace stemlathe::service {

namespace {

OpenStore open_shared_store(ServerSettings const& settings) {
    if (settings.store_url.empty()) {
        throw Failure{
            Code::invalid_argument,
            "a worker needs a database that several processes share: name a PostgreSQL as [store] "
            "url in stemlathe.toml; with SQLite, stemlathe serve does the work itself"}
            .about_key("store.url");
    }
    return open_store_as_it_is(made_folder(settings.data), settings.store_url);
}

/// Empty where a worker can work.
std::string what_is_missing(Database& database) {
    auto const found = schema_of(database).ran;
    if (found >= kWorkerSchema) {
        return {};
    }
    return fmt::format(
        "the database has schema {}, and this worker needs {}: it works once a stemlathe serve of "
        "this version was started on it",
        found,
        kWorkerSchema
    );
}

OpenStore open_finished_store(ServerSettings const& settings) {
    auto store = open_shared_store(settings);
    if (auto const sentence = what_is_missing(*store.database); !sentence.empty()) {
        throw Failure{Code::invalid_argument, sentence}.about_key("store.url");
    }
    return store;
}

} // namespace

struct Worker::State {
    explicit State(ServerSettings given)
        : settings{std::move(given)},
          store{open_finished_store(settings)},
          files{open_files(*store.database, settings)},
          named{named_agent(settings)},
          agent{
              named,
              blobs,
              queue,
              [this](std::function<void(Database&)> const& work) { on_store(work); },
              [this](Lease const& lease, std::stop_token const& stop) {
                  return probe_stem(lease.spec, blobs, stop);
              }},
          announcer{settings.store_url, [this] {
                        agent.work_arrived();
                    }} {
        std::lock_guard const lock{mutex};
        tell = [this] {
            announcer.announce();
        };
    }

    State(State const&) = delete;
    State& operator=(State const&) = delete;

    ~State() {
        {
            std::lock_guard const lock{mutex};
            tell = {}; // whoever is still working does without
        }
        announcer.stop();
    }

    void on_store(std::function<void(Database&)> const& work) {
        std::lock_guard const lock{mutex};
        auto& database = *store.database;
        auto const before = database.commits();
        work(database);
        if (tell && database.commits() != before) {
            tell();
        }
    }

    ServerSettings settings;
    OpenStore store;
    std::mutex mutex{}; ///< whoever uses the database has it
    std::function<void()> tell{};
    std::unique_ptr<BlobStore> files;
    BlobStore& blobs = *files;
    JobQueue queue{*store.database, {}, end_job};
    AgentSettings named;
    Agent agent;
    Announcer announcer; ///< last: it rings the agent
};

bool await_schema(
    ServerSettings const& settings,
    std::stop_token const& stop,
    std::function<void(std::string const&)> const& told
) {
    constexpr std::chrono::seconds kBetweenLooks{2};
    auto const store = open_shared_store(settings);
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    for (std::string last;;) {
        auto const sentence = what_is_missing(*store.database);
        if (sentence.empty() || stop.stop_requested()) {
            return sentence.empty();
        }
        if (sentence != last) {
            told(sentence);
        }
        last = sentence;
        never.wait_for(lock, stop, kBetweenLooks, [] { return false; });
    }
}

Worker::Worker(ServerSettings settings) : state_{std::make_unique<State>(std::move(settings))} {}

Worker::~Worker() = default;

std::string const& Worker::id() const noexcept {
    return state_->named.id;
}

void Worker::run(std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock{mutex};
    woken.wait(lock, stop, [&] { return stop.stop_requested(); });
    state_->agent.drain();
}

} // namespace stemlathe::service
