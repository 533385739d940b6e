#pragma once

#include "service/client/remote.hpp"
#include "service/client/steps.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace stemlathe::service {

/// Waits until a render is over. @returns its document, whose state is "succeeded"
/// @throws Failure with the render's own code and sentence where it failed; {cancelled} it was
/// cancelled; RemoteFailure
[[nodiscard]] boost::json::object
follow_render(Remote& remote, std::string const& render, Steps& steps);

/// @throws Failure as follow_render, where it is over and did not succeed
void require_not_failed(boost::json::object const& render);

/// Whether every delivery meets its own spec; true where the service does not say.
[[nodiscard]] bool is_within_spec(boost::json::object const& render);

} // namespace stemlathe::service
