#pragma once

#include "service/server/settings.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace stemlathe::service {

/// Waits until a service has brought the database to a shape that a worker of this program can work
/// on (kWorkerSchema); a worker brings it nowhere itself, so that one that is started too early
/// changes nothing for the others.
/// @param told  gets a sentence where there is something to wait for
/// @returns false: somebody asked to stop
/// @throws Failure  as Worker
[[nodiscard]] bool await_schema(
    ServerSettings const& settings,
    std::stop_token const& stop,
    std::function<void(std::string const&)> const& told
);

/// A worker without the rest of the service: the same database, the same files, no HTTP. As many as
/// there are machines may share the work.
class Worker {
  public:
    /// Signs in and works at once.
    /// @throws Failure{invalid_argument} there is no url of a PostgreSQL, its shape is older than a
    /// worker can work on, a newer stemlathe left none that it can, or the files are others;
    /// {storage_full, storage_failed}
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
