#include "formats/fingerprint.hpp"

#include "kernels/base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace stemlathe {

namespace {

constexpr std::uint64_t kBasis = 0xcbf29ce484222325U;
constexpr std::uint64_t kPrime = 0x100000001b3U;
constexpr std::size_t kWord = sizeof(std::uint64_t);

/// One step of FNV-1a, and its upper half folded into the lower: a product alone carries bits only
/// upwards. Of two inputs that differ in one value, the results differ.
constexpr std::uint64_t step(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * kPrime;
    return hash ^ (hash >> 32U);
}

} // namespace

Fingerprint::Fingerprint() {
    lanes_.fill(kBasis);
}

void Fingerprint::mix(std::byte const* block) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        std::uint64_t word = 0;
        std::memcpy(&word, block + lane * kWord, kWord);
        lanes_[lane] = step(lanes_[lane], word);
    }
}

void Fingerprint::update(std::span<std::byte const> bytes) {
    constexpr std::size_t kBlock = kLanes * kWord;
    STEMLATHE_ASSERT(length_ % kBlock == 0);
    length_ += bytes.size();
    for (; bytes.size() >= kBlock; bytes = bytes.subspan(kBlock)) {
        mix(bytes.data());
    }
    if (!bytes.empty()) {
        std::array<std::byte, kBlock> last{};
        std::ranges::copy(bytes, last.begin());
        mix(last.data());
    }
}

std::string Fingerprint::finish() {
    std::uint64_t hash = kBasis;
    for (auto const lane : lanes_) {
        hash = step(hash, lane);
    }
    return fmt::format("{:016x}", step(hash, length_));
}

} // namespace stemlathe
