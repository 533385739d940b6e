#include "kernels/quantise/pack_cpu.hpp"

#include <cstring>

namespace stemlathe::cpu {

namespace {

using Bytes16 = unsigned char __attribute__((vector_size(16)));

void pack_16(std::span<std::int32_t const> words, std::byte* into) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto const word = static_cast<std::int16_t>(words[i]);
        std::memcpy(into + 2 * i, &word, sizeof word);
    }
}

/// Four words become twelve bytes with one shuffle. The store is 16 bytes wide, and what it writes
/// too far is written over by the next; the last words go byte by byte.
void pack_24(std::span<std::int32_t const> words, std::byte* into) {
    constexpr Bytes16 kLowThree{0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15};
    std::size_t i = 0;
    for (; i + 8 <= words.size(); i += 4) {
        Bytes16 four;
        std::memcpy(&four, words.data() + i, sizeof four);
        four = __builtin_shuffle(four, kLowThree);
        std::memcpy(into + 3 * i, &four, sizeof four);
    }
    for (; i < words.size(); ++i) {
        auto const word = static_cast<std::uint32_t>(words[i]);
        for (std::size_t byte = 0; byte < 3; ++byte) {
            into[3 * i + byte] = static_cast<std::byte>(word >> (8 * byte));
        }
    }
}

} // namespace

void pack(std::span<std::int32_t const> words, SampleFormat format, std::byte* into) {
    switch (bytes_per_sample(format)) {
    case 2:
        return pack_16(words, into);
    case 3:
        return pack_24(words, into);
    default:
        std::memcpy(into, words.data(), words.size_bytes());
    }
}

} // namespace stemlathe::cpu
