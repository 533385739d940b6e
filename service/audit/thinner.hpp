#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace stemlathe::service {

/// Keeps what can be repeated at will (a wrong token, a download in a hundred ranges) from filling
/// the audit log: of the same thing one entry is written at once, and one for those that followed
/// within the time. Holds a bounded number of things. Not for two threads at once.
class AuditThinner {
  public:
    struct Rules {
        std::int64_t time_ms = 60'000; ///< of the same thing, one entry in that time
        std::size_t things_max = 500;  ///< different ones within that time
        bool writes_when_full = false; ///< else what is too much is counted only
    };

    /// What was held back of one thing.
    struct Held {
        std::string key{}; ///< empty: of all things for which there was no place
        std::int64_t times = 0;
        std::int64_t first_ms = 0;
    };

    explicit AuditThinner(Rules rules);

    /// @returns whether an entry is to be written for it now
    [[nodiscard]] bool admits(std::string const& key, std::int64_t now_ms);

    /// What was held back in times that have passed; each is told once.
    [[nodiscard]] std::vector<Held> take_held(std::int64_t now_ms);

  private:
    Rules rules_;
    std::map<std::string, Held> things_{}; ///< by key
    Held others_{};
};

} // namespace stemlathe::service
