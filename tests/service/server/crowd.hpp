#pragma once

#include "service/client/remote.hpp"
#include "service/store/database.hpp"
#include "tests/service/server/farm.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace stemlathe::test {

/// Settings without which ten thousand orders would take their time.
inline constexpr char const* kNoLimits =
    "[limits]\ntoken_per_s = 0\nclient_per_s = 0\naddress_per_s = 0\n";

/// Clients of one service, each with a very short song of his, who order more than it can do.
class Crowd {
  public:
    /// @param folder  for songs
    Crowd(std::string const& server, std::filesystem::path const& folder);

    /// A client who may queue whatever he likes, and his session. @returns the session
    std::string newcomer(std::string const& name, std::int64_t weight = 100);

    /// @returns the render's id
    std::string order(std::string const& session, std::string const& klass);

    void wait_until_done(std::string const& render);

  private:
    service::Remote remote_;
    std::string server_;
    std::filesystem::path folder_;
    std::int64_t orders_ = 0;
};

/// How long a preview waited, by the database's own times.
struct Wait {
    std::int64_t ms = 0;
    double job_lengths = 0.0;    ///< of the job whose seat fell free first
    std::int64_t over_ms = 0;    ///< started so long after that job's end
    std::int64_t ran_before = 0; ///< other jobs that were started meanwhile
};

/// What became of all previews, the first one first.
[[nodiscard]] std::vector<Wait> waits_of_previews(service::Database& database);

/// Orders `queued` jobs for one client and, one after another, `previews` for another; then goes.
void outnumber(Crowd& crowd, int queued, int previews);

/// Each started before any other job did, and before the first of those that ran had ended; but a
/// seat looks only once a second where nobody told it. Notes what there was.
void expect_within_one_job(std::vector<Wait> const& waits, std::size_t previews);

} // namespace stemlathe::test
