#include "formats/bytes.hpp"
#include "formats/flac_comments.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

using formats::Bytes;

void put_counted(Bytes& bytes, std::string_view text) {
    formats::put_little_endian(bytes, static_cast<std::uint32_t>(text.size()));
    formats::put_text(bytes, text);
}

Bytes comments(std::vector<std::string> const& entries, std::uint32_t claimed) {
    Bytes bytes;
    put_counted(bytes, "somebody");
    formats::put_little_endian(bytes, claimed);
    for (auto const& entry : entries) {
        put_counted(bytes, entry);
    }
    return bytes;
}

void put_block(Bytes& bytes, unsigned type, bool is_last, Bytes const& body) {
    formats::put_big_endian(
        bytes, static_cast<std::uint32_t>((is_last ? 1U << 31U : 0U) | type << 24U | body.size())
    );
    formats::put_bytes(bytes, body);
}

std::optional<std::string> isrc_of(Bytes const& comment_block) {
    TempFolder const folder;
    Bytes bytes;
    formats::put_text(bytes, "fLaC");
    put_block(bytes, 0, false, Bytes(34));
    put_block(bytes, 1, false, Bytes(100));
    put_block(bytes, 4, true, comment_block);
    write_bytes(folder / "a.flac", bytes);
    return formats::flac_isrc(formats::File::open(folder / "a.flac"));
}

TEST(FlacComments, NameTheIsrcInAnyCase) {
    EXPECT_EQ(isrc_of(comments({"TITLE=a", "Isrc=de-abc-26-00001"}, 2)), "DEABC2600001");
    EXPECT_EQ(isrc_of(comments({"ISRC=DEABC2600001"}, 1)), "DEABC2600001");
    EXPECT_EQ(isrc_of(comments({"XISRC=DEABC2600001", "ISRCX=DEABC2600001"}, 2)), std::nullopt);
    EXPECT_EQ(isrc_of(comments({"ISRC=nonsense"}, 1)), std::nullopt);
    EXPECT_EQ(isrc_of(comments({}, 0)), std::nullopt);
}

TEST(FlacComments, ThatLieAboutTheirSizesAreLeftOut) {
    EXPECT_EQ(isrc_of(comments({"TITLE=a"}, 0xFFFF'FFFF)), std::nullopt);
    Bytes bytes = comments({"TITLE=a", "ISRC=DEABC2600001"}, 2);
    for (std::size_t kept = 0; kept < bytes.size(); ++kept) {
        EXPECT_EQ(
            isrc_of(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(kept))),
            std::nullopt
        ) << kept;
    }
    bytes[0] = std::byte{0xFF};
    bytes[3] = std::byte{0xFF};
    EXPECT_EQ(isrc_of(bytes), std::nullopt);
}

} // namespace

} // namespace stemlathe::test
