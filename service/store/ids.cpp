#include "service/store/ids.hpp"

#include "kernels/base/assert.hpp"

#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace stemlathe::service {

namespace {

/// A UUID of version 7: 48 bits of time, then 12 and 62 bits that are random or count up.
struct Uuid {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
};

constexpr std::uint64_t kVersion = 0x7000; ///< RFC 9562, 4.2
constexpr std::uint64_t kRandomHighMask = 0x0FFF;
constexpr std::uint64_t kVariant = std::uint64_t{0b10} << 62U; ///< RFC 9562, 4.1
constexpr std::uint64_t kRandomLowMask = (std::uint64_t{1} << 62U) - 1;

template <typename Bits>
Bits random_bits() {
    Bits bits{};
    auto* const bytes = reinterpret_cast<unsigned char*>(&bits);
    STEMLATHE_ASSERT(RAND_bytes(bytes, static_cast<int>(sizeof bits)) == 1);
    return bits;
}

std::uint64_t unix_time_ms() {
    auto const since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count()
    );
}

/// The next above `last`: of a later millisecond, or by a random step up to 2^32 higher.
Uuid next_after(Uuid last) {
    std::uint64_t const last_ms = last.high >> 16U;
    std::uint64_t const now_ms = unix_time_ms();
    if (now_ms > last_ms) {
        return {
            .high = now_ms << 16U | kVersion | (random_bits<std::uint64_t>() & kRandomHighMask),
            .low = kVariant | (random_bits<std::uint64_t>() & kRandomLowMask)};
    }
    std::uint64_t const low = (last.low & kRandomLowMask) + random_bits<std::uint32_t>() + 1;
    std::uint64_t const random_high = (last.high & kRandomHighMask) + (low >> 62U);
    // Where 74 bits run over, the time is ahead of the clock by a millisecond.
    std::uint64_t const ms = last_ms + (random_high >> 12U);
    return {
        .high = ms << 16U | kVersion | (random_high & kRandomHighMask),
        .low = kVariant | (low & kRandomLowMask)};
}

Uuid next_uuid() {
    static std::mutex mutex;
    static Uuid last;
    std::lock_guard const lock{mutex};
    last = next_after(last);
    return last;
}

} // namespace

std::string make_id(std::string_view prefix) {
    constexpr std::string_view kCrockford = "0123456789abcdefghjkmnpqrstvwxyz";
    constexpr unsigned kLetters = 26;
    auto const uuid = next_uuid();
    std::string id{prefix};
    id += '_';
    for (unsigned i = 0; i < kLetters; ++i) {
        unsigned const shift = 5 * (kLetters - 1 - i); // of 130 bits, whose first two are zero
        std::uint64_t bits = 0;
        if (shift >= 64) {
            bits = uuid.high >> (shift - 64);
        } else if (shift == 0) {
            bits = uuid.low;
        } else {
            bits = uuid.low >> shift | uuid.high << (64 - shift);
        }
        id += kCrockford[bits & 31U];
    }
    return id;
}

std::string random_secret() {
    constexpr std::string_view kBase64Url =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::array<unsigned char, 33> bytes{}; // the last stays zero: 256 bits fill 43 letters with it
    STEMLATHE_ASSERT(RAND_priv_bytes(bytes.data(), 32) == 1);
    std::string secret;
    for (std::size_t i = 0; i < 43; ++i) {
        std::size_t const bit = 6 * i;
        unsigned const pair = unsigned{bytes[bit / 8]} << 8U |
                              (bit / 8 + 1 < bytes.size() ? unsigned{bytes[bit / 8 + 1]} : 0U);
        secret += kBase64Url[pair >> (10 - bit % 8) & 63U];
    }
    return secret;
}

} // namespace stemlathe::service
