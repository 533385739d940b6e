#pragma once

#include "service/api/call.hpp"
#include "service/store/database.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// The states of jobs and renders as they are shown.
inline constexpr std::array<std::string_view, 5> kShownStates{
    "queued", "running", "succeeded", "failed", "canceled"};

/// "running" for leased, "failed" for dead, else the job's own word.
[[nodiscard]] std::string_view shown_state(std::string_view job_state) noexcept;

/// Why a job failed: {"code", "message", "retryable"}, or null. A dead one broke its workers, and
/// may do so no more on others.
[[nodiscard]] boost::json::value problem_json(Row const& job);

/// A render as lookup.hpp finds it, as contract section 6 shows it.
[[nodiscard]] boost::json::object render_json(Call const& call, Row const& render);

/// The same without outputs and changes, for lists.
[[nodiscard]] boost::json::object render_summary(Row const& render);

/// Whether the caller may have the render's files: the house always, others once it is
/// approved, and reviewers only by a link that says so.
[[nodiscard]] bool may_download(Call const& call, std::string const& render);

} // namespace stemlathe::service
