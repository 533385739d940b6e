#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/executor/order.hpp"
#include "service/jobs/job_queue.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace stemlathe::service {

/// A job's folder in the workshop, "<job>.<fence>": `session` with the files that its spec names
/// and a session.toml, `out` for what it makes, `scratch`. Gone with the object.
class WorkFolder {
  public:
    /// @param scratch  where there is a faster disk than the workshop's: the scratch folder lies in
    /// here as "<job>.<fence>"; empty: in the job's folder
    /// @throws Failure{invalid_session} a file's name is none, or is used twice; {not_found} a file
    /// is not in the store; {internal} the spec is not one; {storage_full, storage_failed}
    WorkFolder(
        BlobStore const& blobs, Lease const& lease, std::filesystem::path const& scratch = {}
    );
    WorkFolder(WorkFolder const&) = delete;
    WorkFolder& operator=(WorkFolder const&) = delete;
    ~WorkFolder();

    /// What an executor is to do here.
    [[nodiscard]] Order const& order() const noexcept {
        return order_;
    }

    /// Whether what a browser plays belongs to the results.
    [[nodiscard]] bool wants_review() const noexcept {
        return wants_review_;
    }

  private:
    void fill(BlobStore const& blobs, Lease const& lease);

    std::filesystem::path path_;
    std::filesystem::path scratch_;
    Order order_{};
    bool wants_review_ = false;
};

/// Removes folders that jobs left behind, of workers on this machine or another.
/// @param is_held  whether a lease of this number stands
void sweep_work_folders(
    std::filesystem::path const& workshop,
    std::function<bool(std::string const& job, std::int64_t fence)> const& is_held
);

} // namespace stemlathe::service
