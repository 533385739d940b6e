#include "service/server/server.hpp"

#include "host/version.hpp"
#include "kernels/base/failure.hpp"
#include "service/agent/agent.hpp"
#include "service/api/application.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/authenticate.hpp"
#include "service/api/routes.hpp"
#include "service/api/tenants.hpp"
#include "service/api/tokens.hpp"
#include "service/log/log.hpp"
#include "service/metrics/job_figures.hpp"
#include "service/metrics/measured_database.hpp"
#include "service/metrics/service_figures.hpp"
#include "service/server/application_thread.hpp"
#include "service/server/housekeeping.hpp"
#include "service/server/serve_settings.hpp"
#include "service/server/site.hpp"
#include "service/store/ids.hpp"
#include "service/store/open_store.hpp"
#include "service/store/postgres/announcer.hpp"
#include "service/store/snapshot.hpp"
#include "service/store/snapshot_maker.hpp"
#include "service/tls/tls_keeper.hpp"
#include "service/uploads/probe_stem.hpp"
#include "service/uploads/recover_uploads.hpp"
#include "service/uploads/tus_door.hpp"
#include "service/uploads/upload_keeper.hpp"
#include "service/uploads/upload_place.hpp"
#include "service/uploads/uploads.hpp"
#include "service/watch/watcher.hpp"
#include "service/webhooks/webhooks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <iterator>
#include <mutex>

namespace stemlathe::service {

namespace {

OpenStore open_measured(ServerSettings const& settings, ServiceFigures& figures) {
    auto store = open_store(made_folder(settings.data), settings.store_url);
    store.database = std::make_unique<MeasuredDatabase>(std::move(store.database), figures);
    return store;
}

void report(std::string_view request_id, std::exception const& error) {
    log(LogLevel::error, "request", {{"request", request_id}, {"error", error.what()}});
}

} // namespace

struct Server::State {
    [[nodiscard]] std::function<std::int64_t()> room_for_uploads() const {
        if (uploads_folder.empty()) {
            return {};
        }
        return [this] {
            return room_below(uploads_folder, settings.keep_free);
        };
    }

    explicit State(ServerSettings given)
        : settings{checked_for_serve(std::move(given))},
          tls{make_tls()},
          store{open_measured(settings, figures)},
          files{open_files(database, settings)} {
        services.snapshots = settings.store_url.empty() ? &snapshots : nullptr;
        Transaction transaction{database};
        make_house(database, settings.house_quota_bytes);
        transaction.commit();
        check_webhook_key(database, webhook_secrets);
    }

    State(State const&) = delete;
    State& operator=(State const&) = delete;

    ~State() {
        if (announcer) {
            announcer->stop(); // nobody is told what he may no longer hear
        }
        snapshots.stop_and_wait(); // its end is told to `http`
        webhooks.stop();           // it needs the application thread, which ends with `http`
    }

    void start() {
        if (settings.s3) {
            claim_upload_place(uploads, settings.uploads);
        }
        recover_uploads(uploads);
        job_figures.read(database);
        if (!settings.store_url.empty()) {
            announcer.emplace(settings.store_url, [this] { hear_others(); });
        }
        thread.begin();
        settings.http.seen = [this](Request const& request, int status, std::int64_t bytes) {
            std::chrono::duration<double> const time =
                std::chrono::steady_clock::now() - request.arrived;
            figures.answered(
                {.method = name_of(request.method),
                 .operation = request.operation,
                 .status = status,
                 .seconds = time.count(),
                 .received_bytes = static_cast<double>(bytes)}
            );
        };
        warn_of_plain_http(settings);
        if (tls) {
            settings.http.make_wire = [this](int socket) {
                return tls->make_wire(socket);
            };
        }
        http.emplace(settings.http, application);
        thread.began(*http);
        if (uploads.writers().is_shared()) {
            keeper.emplace(uploads);
        }
        if (settings.has_worker) {
            employ();
        }
        webhooks.start();
        watch();
        housekeeping.emplace(
            uploads,
            blobs,
            GarbageRules{.deleted = settings.bin},
            [this](std::function<void(Database&)> const& work) { on_store(work); },
            [this] {
                thread.run([&] {
                    note_held_back(services);
                    job_figures.read(database);
                });
            }
        );
        is_started = true;
    }

    void employ() {
        if (settings.store_url.empty()) {
            on_store(forget_other_engines);
        }
        settings.agent.executor_broke = [this](std::string const& device) {
            figures.executor_broke(device);
        };
        agent.emplace(
            named_agent(settings),
            blobs,
            queue,
            [this](std::function<void(Database&)> const& work) { on_store(work); },
            [this](Lease const& lease, std::stop_token const& stop) {
                return probe_stem(lease.spec, blobs, stop);
            }
        );
    }

    /// For the threads beside the application's.
    void on_store(std::function<void(Database&)> const& work) {
        bool is_news = false;
        thread.run([&] {
            auto const before = database.commits();
            work(database);
            is_news = database.commits() != before;
        });
        if (is_news) {
            tell_others();
        }
    }

    /// The last housekeeping: what the audit log was spared so far.
    void tell_held_back() {
        try {
            thread.run([&] { note_held_back(services, true); });
        } catch (std::exception const& error) { // it goes down all the same
            report("", error);
        }
    }

    /// Something was committed here.
    void tell_others() {
        thread.wake();
        webhooks.wake();
        if (announcer) {
            announcer->announce();
        }
    }

    /// Something was committed by another process on the same store.
    void hear_others() {
        if (is_started) {
            thread.wake();
            webhooks.wake();
            uploads.writers().ring();
            work_arrived();
        }
    }

    /// The watched folder speaks to this very server, as a client's desk would.
    void watch() {
        if (settings.watch.folder.empty()) {
            return;
        }
        std::string token;
        thread.run([&] {
            Transaction transaction{database};
            // Of this process: another one's stays good.
            token = make_own_token(database, watcher_name(settings));
            transaction.commit();
        });
        watcher.emplace(WatchSettings{
            .folder = settings.watch.folder,
            .state_folder = made_folder(settings.data / "watch"),
            .remote =
                {.server = own_address(settings, http->port()),
                 .token = token,
                 .trust = own_trust()},
            .wish = {.preset = settings.watch.preset},
            .log = [](std::string const& sentence) {
                log(LogLevel::info, "watch", {{"message", sentence}});
            }});
    }

    /// A certificate names the house, not the address at which this process finds itself: it knows
    /// itself by its key.
    [[nodiscard]] ServerTrust own_trust() {
        if (!tls) {
            return {};
        }
        return {.key_pin = [this] {
            return tls->facts().key_pin;
        }};
    }

    [[nodiscard]] std::unique_ptr<TlsKeeper> make_tls() {
        if (!settings.tls.are_named()) {
            return nullptr;
        }
        return std::make_unique<TlsKeeper>(TlsKeeperSettings{
            .files = settings.tls, .changed = [this](CertificateFacts const& facts) {
                figures.certificate_expires(static_cast<double>(facts.until_s));
            }});
    }

    void work_arrived() {
        if (agent) {
            agent->work_arrived();
        }
    }

    ServerSettings settings;
    ApplicationThread thread{};
    std::atomic<bool> is_draining = false;
    std::atomic<bool> is_started = false;
    ServiceFigures figures{};
    JobFigures job_figures{};
    RateLimits rates{settings.rates};
    std::unique_ptr<TlsKeeper>
        tls; ///< none: plain HTTP; before all that takes time: a wrong certificate is told at once
    OpenStore store;
    Database& database = *store.database;
    std::unique_ptr<BlobStore> files;
    BlobStore& blobs = *files;
    JobQueue queue{
        database,
        {.slots = std::max<std::int64_t>(1, std::ssize(settings.agent.devices))},
        end_job};
    SecretBox webhook_secrets{webhook_key_file(settings)};
    Webhooks webhooks{
        settings.webhooks, webhook_secrets, [this](std::function<void(Database&)> const& work) {
            on_store(work);
        }};
    std::filesystem::path uploads_folder = open_uploads_folder(settings);
    Uploads uploads{
        {.database = database,
         .blobs = blobs,
         .queue = queue,
         .on_application_thread = [this](std::function<void()> const& work) { thread.run(work); },
         .changed = [this] { tell_others(); },
         .work_arrived = [this] { work_arrived(); },
         .report_error = report,
         .process = settings.store_url.empty() ? std::string{} : make_id("prc"),
         .folder = uploads_folder,
         .room_bytes = room_for_uploads()}};
    /// Of an SQLite file; who shares a PostgreSQL copies it from there.
    SnapshotMaker snapshots{
        settings.data,
        [this](std::filesystem::path const& file, std::stop_token const& stop) {
            auto const used = std::filesystem::absolute(database_file(settings.data));
            snapshot_used_sqlite(used, file, stop);
        },
        [this] {
            thread.wake();
        }};
    Services services{
        .database = database,
        .blobs = blobs,
        .queue = queue,
        .limits = {.bin_ms = std::chrono::milliseconds{settings.bin}.count()},
        .version = std::string{kVersion},
        .engine = fmt::format("{} ({})", kVersion, kCommit),
        .work_arrived = [this] { work_arrived(); },
        .is_draining = [this] { return is_draining.load(); },
        .uploads = &uploads,
        .figures = &figures,
        .job_figures = &job_figures,
        .rates = &rates,
        .profiles = house_profiles(settings),
        .webhook_settings = settings.webhooks,
        .webhook_secrets = &webhook_secrets};
    TusDoor door{uploads};
    ApiApplication application{
        services,
        api_routes(),
        door,
        {.admin_token_hash =
             settings.admin_token.empty() ? "" : hash_of_secret(settings.admin_token),
         .committed = [this] { tell_others(); },
         .on_application_thread = [this](std::function<void()> const& work) { thread.run(work); },
         .report_error = report}};
    std::optional<Announcer> announcer{}; ///< where the store is shared
    std::optional<HttpServer> http{};
    std::optional<UploadKeeper> keeper{}; ///< where the store is shared
    std::optional<Agent> agent{};
    std::optional<Housekeeping> housekeeping{};
    std::optional<Watcher> watcher{};
};

Server::Server(ServerSettings settings) : state_{std::make_unique<State>(std::move(settings))} {
    state_->start();
}

Server::~Server() = default;

std::string Server::address() const {
    return own_address(state_->settings, state_->http->port());
}

std::string Server::sign_in_address() {
    if (!state_->settings.admin_token.empty()) {
        return {};
    }
    std::string code;
    state_->thread.run([&] {
        Transaction transaction{state_->database};
        if (!has_owner(state_->database)) {
            code = make_sign_in_code(state_->database);
            transaction.commit();
        }
    });
    return code.empty() ? code : address() + "/admin?code=" + code;
}

void Server::reload() {
    if (state_->tls) {
        state_->tls->reload();
    } else {
        log(LogLevel::info, "reload", {{"message", "there is no [tls] to read anew"}});
    }
}

void Server::run(std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock{mutex};
    woken.wait(lock, stop, [&] { return stop.stop_requested(); });
    state_->is_draining = true;
    state_->snapshots.stop(); // it can be asked for again
    state_->watcher.reset();
    state_->webhooks.stop();
    state_->housekeeping.reset();
    state_->tell_held_back();
    if (state_->agent) {
        state_->agent->drain();
    }
    state_->http->stop();
    if (state_->keeper) {
        state_->keeper->stop();
    }
}

} // namespace stemlathe::service
