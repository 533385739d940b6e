#pragma once

#include <cstdint>

namespace stemlathe {

/// What `stemlathe demo` can be asked for.
struct DemoSettings {
    double seconds = 40.0;  ///< 1 s .. 3 h
    int rate_hz = 48'000;   ///< 44.1, 48, 88.2, 96, 176.4 or 192 kHz
    std::uint64_t seed = 1; ///< another seed is another song
};

} // namespace stemlathe
