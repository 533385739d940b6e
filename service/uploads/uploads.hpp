#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/store/database.hpp"
#include "service/uploads/open_uploads.hpp"
#include "service/uploads/upload_files.hpp"
#include "service/uploads/upload_writers.hpp"

#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// What uploads need of the rest of the service.
struct UploadTools {
    Database& database; ///< used on the application thread alone
    BlobStore& blobs;
    JobQueue& queue;
    /// Runs work on the application thread and waits for it; what it throws is thrown here.
    std::function<void(std::function<void()> const&)> on_application_thread{};
    std::function<void()> changed{};      ///< waiting answers and event streams look again
    std::function<void()> work_arrived{}; ///< wakes the workers
    std::function<void(std::string_view request_id, std::exception const&)> report_error{};
    std::string process{};   ///< names this one among several on one store; empty: it is alone
    WriterPeriods periods{}; ///< of those several
    /// Where open uploads lie; empty: beside the blob store's workshop, which is swept after a day.
    std::filesystem::path folder{};
    std::function<std::int64_t()> room_bytes{}; ///< of that folder; none: what the store says
};

/// All uploads of one process: their files, and who writes to which.
class Uploads {
  public:
    explicit Uploads(UploadTools tools);

    [[nodiscard]] UploadTools const& tools() const noexcept {
        return tools_;
    }

    /// Bytes that can still be received.
    [[nodiscard]] std::int64_t room_bytes() const {
        return tools_.room_bytes ? tools_.room_bytes() : tools_.blobs.room_bytes();
    }

    [[nodiscard]] UploadFiles const& files() const noexcept {
        return files_;
    }

    [[nodiscard]] OpenUploads& open() noexcept {
        return open_;
    }

    [[nodiscard]] UploadWriters& writers() noexcept {
        return writers_;
    }

    [[nodiscard]] UploadWriters const& writers() const noexcept {
        return writers_;
    }

    /// Names the time since the machine started.
    [[nodiscard]] std::string const& boot() const noexcept {
        return boot_;
    }

    /// From any thread but the application's: runs `work`, which takes the database, there.
    template <typename Work>
    void with_database(Work const& work) const {
        tools_.on_application_thread([&] { work(tools_.database); });
    }

  private:
    UploadTools tools_;
    UploadFiles files_;
    OpenUploads open_;
    UploadWriters writers_;
    std::string boot_;
};

} // namespace stemlathe::service
