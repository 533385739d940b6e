#include "tests/service/uploads/upload_service.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

/// T11: final uploads made of partial ones.
namespace stemlathe::test {

namespace {

using service::Method;

class Concatenation : public ::testing::Test {
  protected:
    std::string part(std::string const& bytes, std::string_view token = kAlice) {
        auto const made = service.send(UploadService::request(
            Method::post,
            "/v1/uploads",
            {{"upload-length", std::to_string(bytes.size())}, {"upload-concat", "partial"}},
            token
        ));
        EXPECT_EQ(made.status(), 201);
        auto const location = made.field("Location");
        EXPECT_EQ(service.patch(location, 0, bytes, {}, token).status(), 204);
        return location;
    }

    TempFolder folder;
    UploadService service{folder.path()};
};

TEST_F(Concatenation, KeepsTheOrder) {
    auto const first = part("first ");
    auto const second = part("second ");
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM stem"), 0); // parts are no files
    auto const given = for_session("a.wav");
    auto const made = service.concatenate(second + " https://house.example" + first, given);
    EXPECT_EQ(made.status(), 201);
    EXPECT_EQ(service.stem_bytes("a.wav"), "second first ");
    auto const shown = service.head(made.field("Location"));
    EXPECT_EQ(shown.field("Upload-Offset"), "13");
    EXPECT_EQ(shown.field("Upload-Length"), "13");
    EXPECT_EQ(shown.field("Upload-Metadata"), given);
    EXPECT_EQ(shown.field("Upload-Concat"), "final;" + second + " https://house.example" + first);
}

TEST_F(Concatenation, ShowsPartsAsParts) {
    auto const location = part("bytes");
    auto const shown = service.head(location);
    EXPECT_EQ(shown.field("Upload-Concat"), "partial");
    EXPECT_EQ(shown.field("Upload-Offset"), "5");
    EXPECT_EQ(shown.field("Upload-Metadata"), "");
}

TEST_F(Concatenation, UsesItsPartsUp) {
    auto const first = part("first ");
    auto const second = part("second ");
    EXPECT_EQ(service.used_bytes(), 13);
    EXPECT_EQ(service.concatenate(first + " " + second, for_session("a.wav")).status(), 201);
    EXPECT_EQ(service.used_bytes(), 13);
    EXPECT_TRUE(service.uploads().files().ids().empty());
    EXPECT_EQ(service.head(first).status(), 410);
    EXPECT_EQ(service.concatenate(first, for_session("b.wav")).status(), 410);
}

TEST_F(Concatenation, AnswersAgainWhenItsAnswerWasLost) {
    auto const parts = part("first ") + " " + part("second ");
    auto const made = service.concatenate(parts, for_session("a.wav"));
    auto const again = service.concatenate(parts, for_session("a.wav"));
    EXPECT_EQ(again.status(), 201);
    EXPECT_EQ(again.field("Location"), made.field("Location"));
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM stem"), 1);
    EXPECT_EQ(service.concatenate(parts, for_session("b.wav")).status(), 410);
}

TEST_F(Concatenation, CountsAPartAsOftenAsItComes) {
    auto const location = part("12345");
    EXPECT_EQ(
        service.concatenate(location + " " + location + " " + location, for_session("a.wav"))
            .status(),
        201
    );
    EXPECT_EQ(service.stem_bytes("a.wav"), "123451234512345");
    EXPECT_EQ(service.used_bytes(), 15);
}

TEST_F(Concatenation, CannotMultiplyBytesPastTheQuota) {
    auto const location = part(noise(kQuota / 3, 1));
    std::string parts;
    for (int i = 0; i < 40; ++i) {
        parts += (parts.empty() ? "" : " ") + location;
    }
    EXPECT_EQ(service.concatenate(parts, for_session("a.wav")).status(), 403);
    EXPECT_EQ(service.used_bytes(), kQuota / 3);
    EXPECT_EQ(
        service.concatenate(location + " " + location + " " + location, for_session("a.wav"))
            .status(),
        201
    );
    EXPECT_EQ(service.used_bytes(), kQuota / 3 * 3);
}

TEST_F(Concatenation, TakesNoPartOfAnotherClient) {
    auto const bobs = part("secret", kBob);
    auto const own = part("own");
    EXPECT_EQ(service.concatenate(own + " " + bobs, for_session("a.wav")).status(), 404);
    EXPECT_EQ(service.concatenate(bobs, for_session("a.wav")).status(), 404);
    auto const into_bobs =
        metadata({{"session", "ses_bob"}, {"role", "stem"}, {"filename", "a.wav"}});
    EXPECT_EQ(service.concatenate(own, into_bobs).status(), 404);
    EXPECT_EQ(service.head(bobs, kBob).field("Upload-Offset"), "6");
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM stem"), 0);
    EXPECT_EQ(service.used_bytes(), 3);
    EXPECT_EQ(service.used_bytes("bob"), 6);
}

/// An engineer may upload for a client, but not take one client's bytes to another.
TEST_F(Concatenation, KeepsClientsApartForTheHouseToo) {
    auto const bobs = part("secret", kBob);
    EXPECT_EQ(service.concatenate(bobs, for_session("a.wav"), kHouse).status(), 404);
    auto const own = part("for alice", kHouse);
    EXPECT_EQ(service.concatenate(own, for_session("a.wav"), kHouse).status(), 201);
    EXPECT_EQ(service.stem_bytes("a.wav"), "for alice");
    EXPECT_EQ(service.used_bytes("house"), 0);
    EXPECT_EQ(service.used_bytes("alice"), 9);
}

TEST_F(Concatenation, WaitsForItsParts) {
    auto const whole = part("whole");
    auto const unfinished =
        service
            .send(UploadService::request(
                Method::post, "/v1/uploads", {{"upload-length", "5"}, {"upload-concat", "partial"}}
            ))
            .field("Location");
    EXPECT_EQ(service.concatenate(whole + " " + unfinished, for_session("a.wav")).status(), 409);
    EXPECT_EQ(service.concatenate("/v1/uploads/upl_x", for_session("a.wav")).status(), 404);
    auto const no_part = service.create(5, for_session("b.wav")).field("Location");
    EXPECT_EQ(service.concatenate(no_part, for_session("a.wav")).status(), 404);
}

TEST_F(Concatenation, HasNoLengthAndNoBodyOfItsOwn) {
    auto const location = part("whole");
    auto request = UploadService::request(
        Method::post,
        "/v1/uploads",
        {{"upload-concat", "final;" + location},
         {"upload-metadata", for_session("a.wav")},
         {"content-type", "application/offset+octet-stream"}}
    );
    EXPECT_EQ(service.send(request, "more").status(), 400);
    request.fields["upload-length"] = "5";
    EXPECT_EQ(service.send(request).status(), 400);
}

TEST_F(Concatenation, RefusesToBeWrittenTo) {
    auto const made = service.concatenate(part("whole"), for_session("a.wav"));
    EXPECT_EQ(service.patch(made.field("Location"), 5, "").status(), 403);
    EXPECT_EQ(service.patch(made.field("Location"), 0, "more").status(), 403);
}

TEST_F(Concatenation, HoldsTheWholeAgainstItsChecksum) {
    auto const parts = part("first ") + " " + part("second");
    auto const wrong = service.concatenate(parts, for_session("a.wav", sha256_of("other")));
    EXPECT_EQ(wrong.status(), 460);
    EXPECT_EQ(service.used_bytes(), 12);
    auto const right = service.concatenate(parts, for_session("a.wav", sha256_of("first second")));
    EXPECT_EQ(right.status(), 201);
    EXPECT_EQ(service.stem_bytes("a.wav"), "first second");
}

} // namespace

} // namespace stemlathe::test
