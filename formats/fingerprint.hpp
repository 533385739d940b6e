#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace stemlathe {

/// A fast checksum of a stream of bytes, to recognise audio whose tags were changed; no guard
/// against forgery. FNV-1a (Fowler, Noll, Vo; IETF draft-eastlake-fnv) of 64 bits over words of 8
/// bytes, little-endian, each product x folded to x ^ (x >> 32); eight lanes of words in turn, the
/// last 64 bytes filled up with zeros; then over the lanes and the number of bytes. One changed
/// word always changes it.
class Fingerprint {
  public:
    Fingerprint();

    /// The next bytes; all pieces but the last are multiples of 64.
    void update(std::span<std::byte const> bytes);

    /// 16 lower-case hexadecimal digits. Call once.
    [[nodiscard]] std::string finish();

  private:
    static constexpr std::size_t kLanes = 8;

    void mix(std::byte const* block);

    std::array<std::uint64_t, kLanes> lanes_{};
    std::uint64_t length_ = 0;
};

} // namespace stemlathe
