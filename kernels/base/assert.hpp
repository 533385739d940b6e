#pragma once

namespace stemlathe {

/// Prints the broken assumption and aborts. For bugs only; what a user can cause is a Failure.
[[noreturn]] void assertion_failed(char const* condition, char const* file, int line) noexcept;

} // namespace stemlathe

/// Always on, in every build: a wrong master is worse than a stopped one.
#define STEMLATHE_ASSERT(condition)                                                                \
    ((condition) ? static_cast<void>(0)                                                            \
                 : ::stemlathe::assertion_failed(#condition, __FILE__, __LINE__))
