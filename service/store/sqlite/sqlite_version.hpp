#pragma once

namespace stemlathe::service {

/// Of the library that runs, not of the header: 3040001 is 3.40.1.
[[nodiscard]] int sqlite_version() noexcept;

} // namespace stemlathe::service
