#include "service/jobs/retry.hpp"

#include <algorithm>

namespace stemlathe::service {

std::int64_t shortage_wait_ms(std::int64_t n) noexcept {
    constexpr std::int64_t kFirst_ms = 5'000;
    constexpr std::int64_t kMost_ms = 120'000;
    return std::min(kFirst_ms << std::clamp<std::int64_t>(n, 0, 5), kMost_ms);
}

bool is_too_short(std::int64_t n) noexcept {
    constexpr std::int64_t kPatience_ms = std::int64_t{30} * 60'000;
    std::int64_t waited_ms = 0;
    for (std::int64_t i = 0; i < n && waited_ms < kPatience_ms; ++i) {
        waited_ms += shortage_wait_ms(i);
    }
    return waited_ms >= kPatience_ms;
}

std::int64_t broken_wait_ms(std::int64_t attempt, std::uint64_t seed) noexcept {
    std::int64_t const middle_ms = std::int64_t{1'000}
                                   << 2 * std::clamp<std::int64_t>(attempt - 1, 0, 10);
    return middle_ms / 2 +
           static_cast<std::int64_t>(seed % static_cast<std::uint64_t>(middle_ms + 1));
}

std::uint64_t attempt_seed(std::uint64_t seed, std::string_view job, std::int64_t fence) noexcept {
    // FNV-1a, then the mixer of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014).
    std::uint64_t hash = 0xCBF29CE484222325U ^ seed;
    for (char const letter : job) {
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3U;
    }
    hash += static_cast<std::uint64_t>(fence) * 0x9E3779B97F4A7C15U;
    hash = (hash ^ hash >> 30U) * 0xBF58476D1CE4E5B9U;
    hash = (hash ^ hash >> 27U) * 0x94D049BB133111EBU;
    return hash ^ hash >> 31U;
}

} // namespace stemlathe::service
