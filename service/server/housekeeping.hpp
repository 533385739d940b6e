#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/blobs/garbage.hpp"
#include "service/store/database.hpp"
#include "service/uploads/uploads.hpp"

#include <functional>
#include <stop_token>
#include <thread>

namespace stemlathe::service {

/// What has to be done from time to time, in a thread of its own: leases that ran out, and uploads
/// that could not be recorded, every five seconds; uploads past their time, old idempotency keys
/// and events each minute; deleted sessions past their time and blobs that nothing refers to each
/// hour, blobs that the database does not know each day, which one of several processes on a store
/// does for all.
class Housekeeping {
  public:
    using OnStore = std::function<void(std::function<void(Database&)> const&)>;

    /// @param rules        how long deleted sessions and stems, and files of nobody, are kept
    /// @param each_minute  what else is to be done so often
    Housekeeping(
        Uploads& uploads,
        BlobStore& blobs,
        GarbageRules rules,
        OnStore on_store,
        std::function<void()> each_minute
    );

  private:
    void work(std::stop_token const& stop);
    void each_retry();
    void each_minute();
    void do_chores();

    Uploads& uploads_;
    BlobStore& blobs_;
    GarbageRules rules_;
    OnStore on_store_;
    std::function<void()> more_each_minute_;
    std::jthread thread_;
};

} // namespace stemlathe::service
