#pragma once

#include "service/uploads/uploads.hpp"

#include <thread>

namespace stemlathe::service {

/// One round of what uploads need where several processes share a store: a sign of life, wishes
/// passed on and heard, uploads of this process that nobody here writes to set free, and those of
/// processes that are gone taken over. Not on the application's thread.
/// @throws Failure{storage_failed} the database is away: the next round tries again
void tend_uploads(Uploads& uploads);

/// Does so each second, and at once when something happens.
class UploadKeeper {
  public:
    /// Has said that this process lives when it returns.
    explicit UploadKeeper(Uploads& uploads);
    UploadKeeper(UploadKeeper const&) = delete;
    UploadKeeper& operator=(UploadKeeper const&) = delete;
    ~UploadKeeper();

    /// Sets free what is left, and signs out; the database must be there until then.
    void stop() noexcept;

  private:
    void run(std::stop_token const& stop);

    Uploads& uploads_;
    std::jthread thread_; ///< last: it uses all of the above
};

} // namespace stemlathe::service
