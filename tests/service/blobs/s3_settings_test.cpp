// Where a bucket is and who may use it; what is said where that is wrong.

#include "formats/atomic_file.hpp"
#include "kernels/base/failure.hpp"
#include "service/blobs/s3/s3_client.hpp"
#include "service/blobs/s3/s3_settings.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <string>

namespace stemlathe::test {

namespace {

std::string complaint_of(std::function<void()> const& work) {
    try {
        work();
    } catch (Failure const& failure) {
        return failure.what();
    }
    return "nothing";
}

TEST(S3Place, IsABucketAndAPrefix) {
    auto const plain = service::s3_place("s3://masters", "blobs.url");
    EXPECT_EQ(plain.bucket, "masters");
    EXPECT_EQ(plain.prefix, "");
    EXPECT_EQ(service::s3_place("s3://my.masters/", "blobs.url").prefix, "");
    EXPECT_EQ(service::s3_place("s3://my-masters/a/b", "blobs.url").prefix, "a/b/");
    EXPECT_EQ(service::s3_place("s3://my-masters/a b/", "blobs.url").prefix, "a b/");
}

TEST(S3Place, IsNothingElse) {
    for (auto const* url : {"", "masters", "https://masters", "s3://", "s3://ab", "s3://Masters"}) {
        auto const complaint =
            complaint_of([&] { static_cast<void>(service::s3_place(url, "blobs.url")); });
        EXPECT_NE(complaint.find("s3://bucket"), std::string::npos) << url << ": " << complaint;
    }
}

TEST(S3Credentials, StandInTheFirstSectionOfAFile) {
    TempFolder const temp;
    auto const file = temp.path() / "credentials";
    write_text(
        file,
        "# of the house\n[default]\naws_access_key_id = one\naws_secret_access_key=t=wo \n"
        "[other]\naws_access_key_id = three\naws_session_token = four\n"
    );
    auto const credentials = service::s3_credentials(file);
    EXPECT_EQ(credentials.key_id, "one");
    EXPECT_EQ(credentials.secret, "t=wo");
    EXPECT_EQ(credentials.session_token, "");
}

TEST(S3Credentials, StandElseInTheEnvironment) {
    ::setenv("AWS_ACCESS_KEY_ID", "five", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "six", 1);
    ::setenv("AWS_SESSION_TOKEN", "seven", 1);
    auto const credentials = service::s3_credentials({});
    for (auto const* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}) {
        ::unsetenv(name);
    }
    EXPECT_EQ(credentials.key_id, "five");
    EXPECT_EQ(credentials.secret, "six");
    EXPECT_EQ(credentials.session_token, "seven");
}

TEST(S3Credentials, AreNotToldWhereHalfOfThemIsMissing) {
    TempFolder const temp;
    auto const file = temp.path() / "credentials";
    write_text(file, "aws_secret_access_key = hush\n");
    auto const complaint = complaint_of([&] { static_cast<void>(service::s3_credentials(file)); });
    EXPECT_NE(complaint.find("no key id"), std::string::npos) << complaint;
    EXPECT_NE(complaint.find(file.string()), std::string::npos) << complaint;
    EXPECT_EQ(complaint.find("hush"), std::string::npos) << complaint;
    auto const no_file =
        complaint_of([&] { static_cast<void>(service::s3_credentials(temp.path() / "none")); });
    EXPECT_NE(no_file.find("cannot be read"), std::string::npos) << no_file;
}

TEST(S3Client, GivesUpOnABucketThatDoesNotAnswer) {
    TempFolder const temp;
    write_text(temp.path() / "keys", "aws_access_key_id=a\naws_secret_access_key=hush\n");
    service::S3Settings settings = service::s3_place("s3://masters", "blobs.url");
    settings.endpoint = "http://127.0.0.1:1"; // tcpmux, which nobody has
    settings.credentials = temp.path() / "keys";
    settings.pause = std::chrono::milliseconds{1};
    settings.give_up = std::chrono::milliseconds{20};
    service::S3Client client{settings};
    auto const complaint = complaint_of([&] { static_cast<void>(client.send({.key = "a"})); });
    EXPECT_NE(complaint.find("masters at 127.0.0.1:1 does not answer"), std::string::npos)
        << complaint;
    EXPECT_EQ(complaint.find("hush"), std::string::npos) << complaint;
    settings.endpoint = "127.0.0.1:9000";
    auto const no_address = complaint_of([&] { service::S3Client const other{settings}; });
    EXPECT_NE(no_address.find("without a path"), std::string::npos) << no_address;
}

TEST(S3Xml, IsReadAsFarAsBucketsWriteIt) {
    std::string const xml = "<R><Key>a&amp;b&lt;&quot;&#34;</Key><C><Key>2</Key></C><C>3</C></R>";
    EXPECT_EQ(service::xml_text(xml, "Key"), "a&b<\"\"");
    EXPECT_EQ(service::xml_text(xml, "None"), "");
    EXPECT_EQ(service::xml_text("<Key>&amp;lt;</Key>", "Key"), "&lt;");
    EXPECT_EQ(service::xml_elements(xml, "C").size(), 2U);
    EXPECT_EQ(service::xml_elements("<C>open", "C").size(), 0U);
}

} // namespace

} // namespace stemlathe::test
