#pragma once

#include "service/server/settings.hpp"

#include <memory>
#include <stop_token>
#include <string>

namespace stemlathe::service {

/// A worker without the rest of the service: the same database, the same files, no HTTP. As many as
/// there are machines may share the work.
class Worker {
  public:
    /// Signs in and works at once.
    /// @throws Failure{invalid_argument} there is no url of a PostgreSQL, a newer stemlathe has
    /// been there, or the files are others; {storage_full, storage_failed}
    explicit Worker(ServerSettings settings);
    Worker(Worker const&) = delete;
    Worker& operator=(Worker const&) = delete;
    ~Worker();

    /// As `GET /v1/workers` and leases name it.
    [[nodiscard]] std::string const& id() const noexcept;

    /// Works until somebody asks to stop; then takes no new jobs, lets running ones finish within
    /// the drain time or gives them back, and returns.
    void run(std::stop_token const& stop);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace stemlathe::service
