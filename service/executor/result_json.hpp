#pragma once

#include "host/report/report.hpp"

#include <boost/json/object.hpp>

#include <exception>

/// What an executor says of a job that has ended.
namespace stemlathe::service {

/// What the service remembers of a render without opening its report: `engine`, `deliveries` and
/// `warnings` as in report.json (contract section 3), `masking` with its two scores or null, `plan`
/// resolved, `duration_s`, `wall_s`, `x_realtime`.
[[nodiscard]] boost::json::object result_json(MasteringReport const& report);

/// {"code", "message", "file", "key", "findings"}; the last three are null where there is none.
[[nodiscard]] boost::json::object failure_json(std::exception const& failure);

} // namespace stemlathe::service
