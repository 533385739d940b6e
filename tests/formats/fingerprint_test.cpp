#include "formats/fingerprint.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace stemlathe::test {

namespace {

std::string fingerprint_of(std::vector<std::byte> const& bytes) {
    Fingerprint fingerprint;
    fingerprint.update(bytes);
    return fingerprint.finish();
}

std::vector<std::byte> counted(std::size_t size) {
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>(i * 7 % 251);
    }
    return bytes;
}

TEST(Fingerprint, ChangesWithEveryBitAndWithTheLength) {
    auto bytes = counted(200);
    std::set<std::string> seen{fingerprint_of(bytes)};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] ^= std::byte{1};
        seen.insert(fingerprint_of(bytes));
        bytes[i] ^= std::byte{1};
    }
    EXPECT_EQ(seen.size(), bytes.size() + 1);
    // Zeros that are there differ from zeros that only fill up.
    EXPECT_NE(fingerprint_of({}), fingerprint_of(std::vector<std::byte>(1)));
    EXPECT_NE(
        fingerprint_of(std::vector<std::byte>(1)), fingerprint_of(std::vector<std::byte>(64))
    );
}

TEST(Fingerprint, DoesNotDependOnThePieces) {
    auto const bytes = counted(1000);
    std::span<std::byte const> const all{bytes};
    for (std::size_t const piece : {64U, 128U, 640U}) {
        Fingerprint fingerprint;
        for (std::size_t at = 0; at < all.size(); at += piece) {
            fingerprint.update(all.subspan(at, std::min(piece, all.size() - at)));
        }
        EXPECT_EQ(fingerprint.finish(), fingerprint_of(bytes)) << piece;
    }
}

/// So that it stays what old packages hold: computed apart from it, word by word.
TEST(Fingerprint, IsTheOneThatItsDescriptionGives) {
    auto const bytes = counted(72);
    auto const folded = [](std::uint64_t x) {
        return x ^ (x >> 32U);
    };
    std::uint64_t const prime = 1'099'511'628'211U;
    std::vector<std::uint64_t> lanes(8, 14'695'981'039'346'656'037U);
    for (std::size_t at = 0; at < 128; at += 8) {
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < 8 && at + i < bytes.size(); ++i) {
            word |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
        }
        lanes[at / 8 % 8] = folded((lanes[at / 8 % 8] ^ word) * prime);
    }
    std::uint64_t hash = 14'695'981'039'346'656'037U;
    for (auto const lane : lanes) {
        hash = folded((hash ^ lane) * prime);
    }
    hash = folded((hash ^ 72U) * prime);
    EXPECT_EQ(std::stoull(fingerprint_of(bytes), nullptr, 16), hash);
}

} // namespace

} // namespace stemlathe::test
