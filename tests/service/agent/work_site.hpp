#pragma once

#include "service/agent/agent.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/store/database.hpp"
#include "tests/support/temp_folder.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace stemlathe::test {

/// A database, a blob store and a queue in one folder, with everything that a worker needs.
class WorkSite {
  public:
    explicit WorkSite(std::filesystem::path const& folder);

    /// Settings for a lease of a second or less and an executor that behaves as `manner` says.
    [[nodiscard]] static service::AgentSettings settings(std::string const& manner);

    [[nodiscard]] std::unique_ptr<service::Agent>
    agent(service::AgentSettings const& settings, service::SmallJob probe = {});

    /// A session with a stem of these bytes; its id is `name`.
    void add_session(std::string const& name, std::vector<std::filesystem::path> const& stems);
    /// Bytes as a blob. @returns the digest
    [[nodiscard]] std::string keep(std::filesystem::path const& file);

    /// A render of a session's stems in the queue, or a comparison of its a.wav and b.wav.
    /// @returns the job's id
    std::string enqueue(
        std::string const& session,
        std::string const& kind = "render",
        std::int64_t attempts_max = 5
    );

    /// Runs where the database lives.
    void on_store(std::function<void(service::Database&)> const& work);
    [[nodiscard]] std::string state(std::string const& job);
    [[nodiscard]] service::JobStatus status(std::string const& job);
    [[nodiscard]] std::vector<service::Attempt> attempts(std::string const& job);
    [[nodiscard]] bool cancel(std::string const& job);
    [[nodiscard]] std::int64_t count(std::string const& sql);
    /// Names of what the job made, in order.
    [[nodiscard]] std::vector<std::string> outputs(std::string const& job);
    /// Waiting times between attempts count as over.
    void hurry();
    /// Nobody was heard of for as long as a lease lasts.
    void let_leases_run_out();

    /// Folders that jobs have in the workshop.
    [[nodiscard]] std::size_t work_folders() const;

    [[nodiscard]] service::LocalBlobStore& blobs() {
        return blobs_;
    }

    [[nodiscard]] service::JobQueue& queue() {
        return queue_;
    }

    /// What happens to a worker before it reaches the database, and after it changed something: a
    /// throw is a database that is away, or an answer that gets lost. Set before there is a worker.
    std::function<void()> before_store{};
    std::function<void(service::Database&)> after_commit{};

  private:
    void for_agent(std::function<void(service::Database&)> const& work);

    std::unique_ptr<service::Database> database_;
    service::LocalBlobStore blobs_;
    service::JobQueue queue_;
    std::mutex mutex_;
};

/// Waits until `holds`; @returns false: it never came to that.
[[nodiscard]] bool comes_true(std::function<bool()> const& holds);

} // namespace stemlathe::test
