#pragma once

#include "tests/support/temp_folder.hpp"

#include <string>
#include <thread>

namespace stemlathe::test {

/// Says of itself that it is a PostgreSQL of some version to the first who calls, and no more:
/// PostgreSQL's documentation, 55.2.1 (start-up) and 55.7 (message formats).
class OldPostgres {
  public:
    explicit OldPostgres(std::string version);
    OldPostgres(OldPostgres const&) = delete;
    OldPostgres& operator=(OldPostgres const&) = delete;
    ~OldPostgres();

    /// The folder of its socket.
    [[nodiscard]] std::string host() const {
        return folder_.path().string();
    }

  private:
    void answer() const;

    TempFolder folder_;
    std::string version_;
    int listener_ = -1;
    std::thread thread_;
};

} // namespace stemlathe::test
