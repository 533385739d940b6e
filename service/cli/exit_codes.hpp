#pragma once

/// What the program's exit tells a script; contract section 2. 0 is success.
namespace stemlathe::service {

inline constexpr int kFailedInside = 1;
inline constexpr int kWrongInput = 2;
inline constexpr int kRefused = 3;
inline constexpr int kMissesSpec =
    4; ///< made, but not as its profile asks; or not what was delivered
inline constexpr int kInterrupted = 130;

} // namespace stemlathe::service
