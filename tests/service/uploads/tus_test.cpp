#include "service/api/problem.hpp"
#include "service/uploads/tus.hpp"
#include "tests/service/uploads/upload_service.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

using service::Problem;
using service::ProblemKind;

bool is_refused(std::function<void()> const& action) {
    try {
        action();
    } catch (Problem const& problem) {
        return problem.kind() == ProblemKind::bad_request;
    }
    return false;
}

TEST(Base64, DecodesTheExamplesOfItsStandard) {
    // RFC 4648, 10.
    EXPECT_EQ(service::decode_base64(""), "");
    EXPECT_EQ(service::decode_base64("Zg=="), "f");
    EXPECT_EQ(service::decode_base64("Zm8="), "fo");
    EXPECT_EQ(service::decode_base64("Zm9v"), "foo");
    EXPECT_EQ(service::decode_base64("Zm9vYmFy"), "foobar");
    EXPECT_EQ(service::decode_base64("//79/A=="), "\xff\xfe\xfd\xfc");
}

TEST(Base64, RefusesWhatIsNotIt) {
    for (auto const* text :
         {"Z",
          "Zg",
          "Zg=",
          "Z===",
          "====",
          "Zg==Zg==",
          "Zm 9v",
          "Zm9v\n",
          "Zm-_",
          "Zh==",
          "Zm9=",
          "\xc3\xa9\xc3\xa9"}) {
        EXPECT_FALSE(service::decode_base64(text)) << text;
    }
}

TEST(UploadMetadata, IsReadPairByPair) {
    auto const read = service::parse_metadata("filename d29ybGQ=, is_draft,empty ,role c3RlbQ==");
    EXPECT_EQ(read.size(), 4U);
    EXPECT_EQ(read.at("filename"), "world");
    EXPECT_EQ(read.at("is_draft"), "");
    EXPECT_EQ(read.at("empty"), "");
    EXPECT_EQ(read.at("role"), "stem");
    EXPECT_TRUE(service::parse_metadata("").empty());
}

TEST(UploadMetadata, RefusesHostileFields) {
    for (auto const& field :
         {std::string{"a YQ==,a Yg=="},
          std::string{",a YQ=="},
          std::string{"a YQ==,,b YQ=="},
          std::string{"a not-base64!"},
          std::string{"a YQ== YQ=="},
          std::string{"k\xc3\xa9y YQ=="},
          std::string{"a\r\nSet-Cookie: x YQ=="},
          std::string{"a\tb YQ=="},
          std::string{"a\0b YQ==", 8},
          "a " + std::string(5000, 'A')}) {
        EXPECT_TRUE(is_refused([&] { static_cast<void>(service::parse_metadata(field)); }))
            << field;
    }
}

TEST(UploadConcat, NamesPartsInOrder) {
    auto const wish = service::parse_concat(
        "final;/v1/uploads/upl_b https://house.example/v1/uploads/upl_a /v1/uploads/upl_b"
    );
    EXPECT_EQ(wish.kind, "final");
    EXPECT_EQ(wish.parts, (std::vector<std::string>{"upl_b", "upl_a", "upl_b"}));
    EXPECT_EQ(service::parse_concat("partial").kind, "partial");
    EXPECT_EQ(service::parse_concat("").kind, "whole");
}

TEST(UploadConcat, RefusesOtherWords) {
    for (auto const* field :
         {"final",
          "final;",
          "final; ",
          "Partial",
          "whole",
          "final;/v1/uploads/",
          "final;/v1/sessions/ses_a",
          "final;/v1/uploads/a/../b",
          "final;upl_a",
          "partial;/v1/uploads/a"}) {
        EXPECT_TRUE(is_refused([&] { static_cast<void>(service::parse_concat(field)); })) << field;
    }
}

TEST(UploadChecksum, IsOneOfTwoAlgorithms) {
    auto const read = [](std::string const& field) {
        service::Request request;
        request.fields["upload-checksum"] = field;
        return service::checksum_of(request);
    };
    // tus 1.0.0, Checksum, example.
    auto const checksum = read("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
    ASSERT_TRUE(checksum);
    EXPECT_EQ(checksum->algorithm, "sha1");
    EXPECT_EQ(checksum->digest.size(), 20U);
    EXPECT_FALSE(read(""));
    for (auto const* field :
         {"md5 1B2M2Y8AsgTpgAmY7PhCfg==",
          "sha1",
          "sha1 ",
          "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
          "sha1 xyz",
          "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="}) {
        EXPECT_TRUE(is_refused([&] { static_cast<void>(read(field)); })) << field;
    }
}

} // namespace

} // namespace stemlathe::test
