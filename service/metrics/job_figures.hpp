#pragma once

#include "service/metrics/families.hpp"
#include "service/store/database.hpp"

#include <cstdint>
#include <optional>

namespace stemlathe::service {

/// What became of jobs and leases, of whichever worker: counted from the database, for workers on
/// other machines have nobody who asks them. Belongs to the application thread.
class JobFigures {
  public:
    /// Counts what ended since the last call, up to 15 s ago: no transaction lives longer, so that
    /// what ended by then can be seen. The first call begins to count. To be called each minute,
    /// so that it never has much to read.
    void read(Database& database);

    void write(Exposition& to) const;

  private:
    void read_attempts(Database& database, std::int64_t from_ms, std::int64_t to_ms);
    void read_jobs(Database& database, std::int64_t from_ms, std::int64_t to_ms);

    std::optional<std::int64_t> until_ms_ = std::nullopt;
    CounterFamily attempts_{
        {"stemlathe_job_attempts_total",
         "Leases that ended, by outcome; lost: taken over because the worker fell silent.",
         {"kind", "outcome"}}};
    CounterFamily jobs_{
        {"stemlathe_jobs_total", "Jobs that are over, by how they ended.", {"kind", "state"}}};
    HistogramFamily render_seconds_{
        {"stemlathe_render_seconds", "Time that a render computed.", {}},
        {1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0}};
    HistogramFamily render_speed_{
        {"stemlathe_render_x_realtime", "Seconds of music per second of rendering.", {}},
        {0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0}};
};

} // namespace stemlathe::service
