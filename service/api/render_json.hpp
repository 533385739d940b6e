#pragma once

#include "service/api/call.hpp"
#include "service/store/database.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace stemlathe::service {

/// "running" for leased, "failed" for dead, else the job's own word.
[[nodiscard]] std::string_view shown_state(std::string_view job_state) noexcept;

/// A render as lookup.hpp finds it, as contract section 6 shows it.
[[nodiscard]] boost::json::object render_json(Call const& call, Row const& render);

/// The same without outputs and changes, for lists.
[[nodiscard]] boost::json::object render_summary(Row const& render);

/// Whether the caller may have the render's files: the house always, others once it is approved.
[[nodiscard]] bool may_download(Call const& call, std::string const& render);

} // namespace stemlathe::service
