#pragma once

#include "service/store/postgres/postgres_database.hpp"
#include "tests/service/program.hpp"
#include "tests/service/store/postgres_cluster.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stemlathe::test {

inline constexpr char const* kFarmOwner = "owner-token-of-the-environment";

/// One machine's process of a farm; ends well where nobody killed it before. What it starts is in
/// its process group.
class FarmProcess {
  public:
    /// @param before_start  runs in the child before the program does
    FarmProcess(
        std::vector<std::string> const& words,
        std::string const& prints,
        std::function<void()> const& before_start = {},
        std::string const& program = "stemlathe"
    );
    FarmProcess(FarmProcess const&) = delete;
    FarmProcess& operator=(FarmProcess const&) = delete;
    ~FarmProcess();

    /// A worker's id, a service's address.
    [[nodiscard]] std::string const& name() const noexcept {
        return name_;
    }

    [[nodiscard]] Program& program() noexcept {
        return program_;
    }

    /// At once, as `kill -9` would. What it started goes with it, a moment later.
    void kill();
    /// It and all that it started in one moment, as a power cut would.
    void kill_all();
    /// To it and all that it started.
    void send_to_all(int signal) const;
    /// The processes that render for a worker.
    [[nodiscard]] std::vector<pid_t> executors() const;
    /// As an operator would. @returns its exit code
    int stop();

  private:
    Program program_;
    std::string name_;
    bool is_over_ = false;
};

/// How a worker is started, where it is not as all others.
struct WorkerStart {
    std::string url{};                    ///< of the database, as its machine sees it
    std::function<void()> before_start{}; ///< in its process
};

/// A PostgreSQL's schema, a shared folder, and a data folder for each process: what a house with
/// several machines has.
class Farm {
  public:
    /// @param lease_s  of workers: who is not heard of for so long loses his jobs
    /// @param files  the shared folder; empty: one of its own
    Farm(std::string url, double lease_s, std::filesystem::path files = {});

    [[nodiscard]] std::unique_ptr<FarmProcess> serve();
    /// One that cannot start. @returns what it says
    [[nodiscard]] Outcome serve_in_vain();
    [[nodiscard]] std::unique_ptr<FarmProcess> worker(WorkerStart const& start = {});

    /// A command of a client, for one of the services.
    [[nodiscard]] Outcome client(FarmProcess const& service, std::vector<std::string> words);
    /// Orders the masters of a session of noise and does not wait. @returns the render's id
    [[nodiscard]] std::string submit(FarmProcess const& service, std::string const& song);
    /// Orders a render of a session that is there. @returns the render's id
    std::string order(
        FarmProcess const& service,
        std::string const& session,
        std::string const& delivery,
        std::string const& key
    );
    /// GET of one of the services.
    [[nodiscard]] boost::json::object get(FarmProcess const& service, std::string const& path);

    /// The number in the column "count".
    [[nodiscard]] std::int64_t count(std::string const& sql);
    [[nodiscard]] service::Database& database();
    /// Waits until `sql` counts `wanted`; else a test failure that says what there was.
    [[nodiscard]] bool comes_to(std::int64_t wanted, std::string const& sql, int patience_s = 60);
    /// Every job has ended well, its outputs are of its last lease, and every attempt has its end.
    void expect_one_result_each();
    /// Every file that the database refers to is there with its bytes.
    void expect_files_whole();
    /// The id of the only session that there is.
    [[nodiscard]] std::string session();
    /// The database's clock.
    [[nodiscard]] std::int64_t now_ms();

    [[nodiscard]] std::filesystem::path songs() const {
        return folder_ / "songs";
    }

    [[nodiscard]] std::filesystem::path files() const {
        return files_.empty() ? folder_ / "files" : files_;
    }

    /// A command with settings and a data folder of its own.
    /// @param url  of the database; empty: the farm's
    [[nodiscard]] std::vector<std::string>
    words(std::string const& command, std::string const& url = {});

    /// For settings of one's own: what is written for each process.
    std::string more_settings{};
    /// Which program is started next, see Program.
    std::string program = "stemlathe";

  private:
    TempFolder folder_;
    std::string url_;
    double lease_s_;
    std::filesystem::path files_;
    int processes_ = 0;
    std::unique_ptr<service::PostgresDatabase> database_{};
};

/// A schema of its own in this process's PostgreSQL, gone with the object.
class FarmSchema {
  public:
    FarmSchema();
    FarmSchema(FarmSchema const&) = delete;
    FarmSchema& operator=(FarmSchema const&) = delete;
    ~FarmSchema();

    [[nodiscard]] std::string url() const;

  private:
    std::string name_;
};

[[nodiscard]] bool soon(std::function<bool()> const& holds, int patience_s = 60);

} // namespace stemlathe::test
