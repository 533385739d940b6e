#include "formats/checksum.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>

namespace stemlathe::test {

namespace {

std::string sha256_of(std::string const& text) {
    Sha256 sum;
    auto const bytes = std::as_bytes(std::span(text));
    sum.update(bytes.first(text.size() / 2)); // in two pieces
    sum.update(bytes.subspan(text.size() / 2));
    return sum.finish();
}

// FIPS 180-4 examples, NIST "SHA256.pdf", and the empty message.
TEST(Checksum, AgreesWithThePublishedExamples) {
    EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(
        sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
}

TEST(Checksum, ReadsFilesLongerThanItsBlock) {
    TempFolder const folder;
    std::string const text(1'000'000, 'a'); // the third NIST example
    write_file(folder / "a", text);
    EXPECT_EQ(
        sha256_of_file(folder / "a"),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
    write_file(folder / "b", text + text);
    EXPECT_EQ(sha256_of_file(folder / "b"), sha256_of(text + text));
}

// RFC 1321, appendix A.5.
TEST(Checksum, GivesMd5BesideSha256) {
    std::string const text = "message digest";
    auto const sums = checksums_of(std::as_bytes(std::span{text}));
    EXPECT_EQ(sums.md5, "f96b697d7cb7938d525a2f31aaf161d0");
    EXPECT_EQ(sums.sha256, sha256_of(text));
    TempFolder const folder;
    write_file(folder / "a", std::string(3'000'000, 'a'));
    auto const of_file = checksums_of_file(folder / "a");
    std::string const long_text(3'000'000, 'a');
    auto const of_bytes = checksums_of(std::as_bytes(std::span{long_text}));
    EXPECT_EQ(of_file.md5, of_bytes.md5);
    EXPECT_EQ(of_file.sha256, of_bytes.sha256);
}

TEST(Checksum, SaysWhichFileIsMissing) {
    EXPECT_TRUE(fails_with(Code::not_found, "/nowhere/a.wav", [] {
        (void)sha256_of_file("/nowhere/a.wav");
    }));
}

} // namespace

} // namespace stemlathe::test
