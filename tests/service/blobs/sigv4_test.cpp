// Amazon's own examples. Source: Amazon S3 API reference, "Signature Calculations for the
// Authorization Header: Examples" and "Authenticating Requests: Using Query Parameters".

#include "service/blobs/s3/sha256.hpp"
#include "service/blobs/s3/sigv4.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace stemlathe::test {

namespace {

using service::SigV4Request;

service::S3Credentials const kExample{
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
service::SigV4Scope const kAt{
    std::chrono::sys_days{std::chrono::year{2013} / 5 / 24}, "us-east-1", "s3"};
std::string const kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string signature_of(SigV4Request const& request) {
    auto const text = service::authorization(request, kAt, kExample);
    return text.substr(text.rfind('=') + 1);
}

SigV4Request example(std::string const& method, std::string const& path) {
    return {
        .method = method,
        .path = path,
        .fields = {{"Host", "examplebucket.s3.amazonaws.com"}, {"x-amz-date", "20130524T000000Z"}},
        .body_sha256 = kEmpty};
}

TEST(SigV4, SignsAmazonsGetOfAnObject) {
    auto request = example("GET", "/test.txt");
    request.fields.emplace_back("Range", "bytes=0-9");
    request.fields.emplace_back("x-amz-content-sha256", kEmpty);
    EXPECT_EQ(
        service::canonical_request(request),
        "GET\n/test.txt\n\nhost:examplebucket.s3.amazonaws.com\nrange:bytes=0-9\n"
        "x-amz-content-sha256:" +
            kEmpty + "\nx-amz-date:20130524T000000Z\n\n" +
            "host;range;x-amz-content-sha256;x-amz-date\n" + kEmpty
    );
    EXPECT_EQ(
        service::string_to_sign(request, kAt),
        "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n"
        "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972"
    );
    EXPECT_EQ(
        service::authorization(request, kAt, kExample),
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
}

TEST(SigV4, SignsAmazonsPutOfAnObject) {
    auto request = example("PUT", "/test$file.text");
    request.body_sha256 = service::hexadecimal(service::sha256("Welcome to Amazon S3."));
    request.fields.emplace_back("Date", "Fri, 24 May 2013 00:00:00 GMT");
    request.fields.emplace_back("x-amz-storage-class", "REDUCED_REDUNDANCY");
    request.fields.emplace_back("x-amz-content-sha256", request.body_sha256);
    EXPECT_EQ(
        signature_of(request), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    );
}

TEST(SigV4, SignsAmazonsQuestionForALifecycle) {
    auto request = example("GET", "/");
    request.query = {{"lifecycle", ""}};
    request.fields.emplace_back("x-amz-content-sha256", kEmpty);
    EXPECT_EQ(
        signature_of(request), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    );
}

TEST(SigV4, SignsAmazonsListOfObjects) {
    auto request = example("GET", "/");
    request.query = {{"prefix", "J"}, {"max-keys", "2"}}; // in whatever order
    request.fields.emplace_back("x-amz-content-sha256", kEmpty);
    EXPECT_EQ(
        signature_of(request), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    );
}

TEST(SigV4, SignsAmazonsAddressForADay) {
    SigV4Request const request{
        .path = "/test.txt", .fields = {{"host", "examplebucket.s3.amazonaws.com"}}};
    EXPECT_EQ(
        service::presigned_query(request, kAt, kExample, std::chrono::hours{24}),
        "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}

TEST(SigV4, ReadsFieldsWithoutTheirBlanks) {
    auto tidy = example("GET", "/");
    auto untidy = tidy;
    tidy.fields.emplace_back("x-amz-meta-name", "a b");
    untidy.fields.emplace_back("X-Amz-Meta-Name", "  a   b ");
    EXPECT_EQ(signature_of(tidy), signature_of(untidy));
    auto other = tidy;
    other.fields.back().second = "ab";
    EXPECT_NE(signature_of(tidy), signature_of(other));
}

TEST(SigV4, EncodesWhatAddressesDoNotHold) {
    EXPECT_EQ(service::uri_encoded("a b/ü~-_."), "a%20b%2F%C3%BC~-_.");
    EXPECT_EQ(service::uri_encoded("a b/ü", "/"), "a%20b/%C3%BC");
    EXPECT_EQ(service::canonical_query({{"b", "2"}, {"a", "x y"}, {"a", "1"}}), "a=1&a=x%20y&b=2");
}

/// RFC 4231, test cases 1 and 2; RFC 4648, section 10.
TEST(Sha256, HasThePublishedValues) {
    EXPECT_EQ(service::hexadecimal(service::sha256("")), kEmpty);
    EXPECT_EQ(
        service::hexadecimal(service::hmac_sha256(std::string(20, '\x0b'), "Hi There")),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    );
    EXPECT_EQ(
        service::hexadecimal(service::hmac_sha256("Jefe", "what do ya want for nothing?")),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    EXPECT_EQ(service::base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(service::base64("foob"), "Zm9vYg==");
    EXPECT_EQ(service::base64(service::bytes_of("666f6f")), "Zm9v");
}

} // namespace

} // namespace stemlathe::test
