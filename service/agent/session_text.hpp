#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace stemlathe::service {

/// session.toml (contract section 1) of a job's spec (api/job_spec.hpp): release, stems, comments.
/// @throws std::exception the spec is not one
[[nodiscard]] std::string session_text(boost::json::object const& spec);

} // namespace stemlathe::service
