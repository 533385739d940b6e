#pragma once

#include <string_view>

namespace stemlathe::service {

/// Tells the service manager that started this process how it stands: "READY=1", "STOPPING=1", or
/// several such lines. Does nothing where none asked to be told ($NOTIFY_SOCKET is unset, as from a
/// shell); where one did and cannot be told, a line in the log says why.
/// Source: systemd, sd_notify(3), "Notes": a datagram to that socket; '@' begins an abstract name.
void notify_service_manager(std::string_view state);

} // namespace stemlathe::service
