#include "tests/service/uploads/upload_service.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

/// A client that lost the answer to its POST repeats it; a second upload would hold its quota.
TEST(RepeatedCreation, MakesOneUploadForOneIdempotencyKey) {
    TempFolder const folder;
    UploadService uploads{folder.path()};
    auto request = UploadService::request(
        service::Method::post,
        "/v1/uploads",
        {{"upload-length", "5"},
         {"upload-metadata", for_session("a.wav")},
         {"idempotency-key", "first"}}
    );
    auto const first = uploads.send(request);
    EXPECT_EQ(first.status(), 201);
    auto const again = uploads.send(request);
    EXPECT_EQ(again.status(), 201);
    EXPECT_EQ(again.field("Location"), first.field("Location"));
    EXPECT_EQ(again.field("Idempotency-Replayed"), "true");
    EXPECT_EQ(uploads.used_bytes(), 5);
    request.fields["upload-length"] = "6";
    EXPECT_EQ(uploads.send(request).status(), 422);
    request.fields["upload-length"] = "5";
    EXPECT_EQ(uploads.remove(first.field("Location")).status(), 204);
    auto const anew = uploads.send(request);
    EXPECT_EQ(anew.status(), 201);
    EXPECT_NE(anew.field("Location"), first.field("Location"));
    EXPECT_EQ(uploads.send(request).field("Location"), anew.field("Location"));
}

} // namespace

} // namespace stemlathe::test
