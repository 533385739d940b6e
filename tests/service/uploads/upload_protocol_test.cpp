#include "tests/service/uploads/upload_service.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <array>

/// The duties of a tus 1.0.0 server, T1 to T10 of service/uploads/README.md.
namespace stemlathe::test {

namespace {

using service::Method;

constexpr std::int64_t kDay_ms = std::int64_t{24} * 3'600'000;

class UploadProtocol : public ::testing::Test {
  protected:
    std::string made(std::int64_t bytes, std::string const& filename = "01_Drums.wav") {
        auto const reply = service.create(bytes, for_session(filename));
        EXPECT_EQ(reply.status(), 201);
        return reply.field("Location");
    }

    TempFolder folder;
    UploadService service{folder.path()};
};

TEST_F(UploadProtocol, T1AsksForItsVersionAndAlwaysSaysIt) {
    auto const location = made(5);
    for (auto const method : {Method::post, Method::head, Method::patch, Method::del}) {
        auto request = UploadService::request(
            method, method == Method::post ? "/v1/uploads" : location, {{"upload-length", "5"}}
        );
        for (std::string const version : {"", "0.2.2", "1.0.0, 1.0.0"}) {
            request.fields["tus-resumable"] = version;
            auto const reply = service.send(request);
            EXPECT_EQ(reply.status(), 412);
            EXPECT_EQ(reply.field("Tus-Version"), "1.0.0");
            EXPECT_EQ(reply.field("Tus-Resumable"), "1.0.0");
        }
    }
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM upload"), 1);
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM upload WHERE state='receiving'"), 1);
}

TEST_F(UploadProtocol, T1SaysItsVersionInProblemsToo) {
    auto const unknown = service.head("/v1/uploads/upl_none");
    EXPECT_EQ(unknown.status(), 404);
    EXPECT_EQ(unknown.field("Tus-Resumable"), "1.0.0");
    auto const stranger =
        service.send(UploadService::request(Method::post, "/v1/uploads", {}, "slk_nobody_secret"));
    EXPECT_EQ(stranger.status(), 401);
    EXPECT_EQ(stranger.field("Tus-Resumable"), "1.0.0");
}

TEST_F(UploadProtocol, T2ListsWhatItCan) {
    service::Request const request{.method = Method::options, .path = "/v1/uploads"};
    auto const reply = service.send(request);
    EXPECT_EQ(reply.status(), 204);
    EXPECT_EQ(reply.field("Tus-Resumable"), "1.0.0");
    EXPECT_EQ(reply.field("Tus-Version"), "1.0.0");
    EXPECT_EQ(
        reply.field("Tus-Extension"),
        "creation,creation-with-upload,termination,checksum,concatenation,expiration"
    );
    EXPECT_EQ(reply.field("Tus-Max-Size"), std::to_string(std::int64_t{16} << 30U));
    EXPECT_EQ(reply.field("Tus-Checksum-Algorithm"), "sha1,sha256");
}

TEST_F(UploadProtocol, T3HonoursTheOverriddenMethod) {
    auto const location = made(5);
    auto patch = UploadService::patch_request(location, 0, "12345");
    patch.method = Method::post;
    patch.fields["x-http-method-override"] = "PATCH";
    EXPECT_EQ(service.send(patch, "12345").status(), 204);
    auto head =
        UploadService::request(Method::post, location, {{"x-http-method-override", "HEAD"}});
    EXPECT_EQ(service.send(head).field("Upload-Offset"), "5");
    head.fields["x-http-method-override"] = "TRACE";
    EXPECT_EQ(service.send(head).status(), 400);
}

TEST_F(UploadProtocol, T3AuthorisesTheOverriddenMethod) {
    auto const location = made(5);
    auto const bobs = UploadService::request(
        Method::post, location, {{"x-http-method-override", "DELETE"}}, kBob
    );
    EXPECT_EQ(service.send(bobs).status(), 404);
    auto const own =
        UploadService::request(Method::post, location, {{"x-http-method-override", "DELETE"}});
    EXPECT_EQ(service.send(own).status(), 204);
}

TEST_F(UploadProtocol, T3LeavesAHeadAloneWhoseAnswerMayHaveNoBody) {
    auto const location = made(5);
    auto const head =
        UploadService::request(Method::head, location, {{"x-http-method-override", "DELETE"}});
    EXPECT_EQ(service.send(head).status(), 200);
    EXPECT_EQ(service.head(location).status(), 200);
}

TEST_F(UploadProtocol, T4ShowsOffsetLengthAndMetadataAsGiven) {
    auto const given = for_session("01_Drums.wav") + ", note ";
    auto const location = service.create(5, given).field("Location");
    auto reply = service.head(location);
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply.field("Upload-Offset"), "0");
    EXPECT_EQ(reply.field("Upload-Length"), "5");
    EXPECT_EQ(reply.field("Cache-Control"), "no-store");
    EXPECT_EQ(reply.field("Upload-Metadata"), given);
    EXPECT_EQ(reply.field("Upload-Concat"), "");
    EXPECT_EQ(service.patch(location, 0, "123").status(), 204);
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "3");
    EXPECT_EQ(service.patch(location, 3, "45").status(), 204);
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "5");
}

TEST_F(UploadProtocol, T4ShowsNoOffsetOfWhatIsNotThere) {
    auto const location = made(5);
    for (auto const& reply : {service.head("/v1/uploads/upl_x"), service.head(location, kBob)}) {
        EXPECT_EQ(reply.status(), 404);
        EXPECT_EQ(reply.field("Upload-Offset"), "");
    }
}

TEST_F(UploadProtocol, T5AppendsAtTheOffset) {
    auto const bytes = noise(200'000, 1);
    auto const location = made(200'000);
    auto const first = service.patch(location, 0, bytes.substr(0, 70'000));
    EXPECT_EQ(first.status(), 204);
    EXPECT_EQ(first.field("Upload-Offset"), "70000");
    EXPECT_EQ(first.field("Tus-Resumable"), "1.0.0");
    EXPECT_EQ(service.patch(location, 70'000, bytes.substr(70'000)).status(), 204);
    EXPECT_TRUE(service.stem_bytes("01_Drums.wav") == bytes);
    EXPECT_TRUE(service.errors.empty());
}

TEST_F(UploadProtocol, T5RefusesAnotherTypeOffsetOrUpload) {
    auto const location = made(5);
    auto wrong_type = UploadService::patch_request(location, 0, "12345");
    wrong_type.fields["content-type"] = "application/octet-stream";
    EXPECT_EQ(service.send(wrong_type, "12345").status(), 415);
    EXPECT_EQ(service.patch(location, 2, "12345").status(), 409);
    auto no_offset = UploadService::patch_request(location, 0, "12345");
    for (std::string const offset : {"", "-1", "0x0", "9999999999999999", "1 "}) {
        no_offset.fields["upload-offset"] = offset;
        EXPECT_EQ(service.send(no_offset, "12345").status(), 400) << offset;
    }
    EXPECT_EQ(service.patch("/v1/uploads/upl_x", 0, "12345").status(), 404);
    EXPECT_EQ(service.patch(location, 0, "12345", {}, kBob).status(), 404);
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "0");
}

TEST_F(UploadProtocol, T5KeepsWhatCameOfABrokenBody) {
    auto const location = made(10);
    auto reply = service.ask(UploadService::patch_request(location, 0, "1234567890"));
    ASSERT_TRUE(reply.sink);
    std::string const came = "1234";
    reply.sink->attach([] {});
    reply.sink->write(std::as_bytes(std::span{came}));
    UploadService::finish(reply, false);
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "4");
    EXPECT_EQ(service.patch(location, 4, "567890").status(), 204);
    EXPECT_EQ(service.stem_bytes("01_Drums.wav"), "1234567890");
}

TEST_F(UploadProtocol, T5RefusesABodyPastTheEnd) {
    auto const location = made(5);
    EXPECT_EQ(service.patch(location, 0, "12").status(), 204);
    EXPECT_EQ(service.patch(location, 2, "3456").status(), 413);
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "2");
}

TEST_F(UploadProtocol, T5RollsBackABodyThatIsLongerThanItsHeadSaid) {
    auto const location = made(5);
    EXPECT_EQ(service.patch(location, 0, "12").status(), 204);
    auto request = UploadService::patch_request(location, 2, "345");
    auto reply = service.ask(request);
    ASSERT_TRUE(reply.sink);
    std::string const fits = "34";
    std::string const too_long = "56";
    reply.sink->attach([] {});
    reply.sink->write(std::as_bytes(std::span{fits}));
    EXPECT_ANY_THROW(reply.sink->write(std::as_bytes(std::span{too_long})));
    UploadService::finish(reply, false);
    EXPECT_EQ(reply.status(), 413);
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "2");
    EXPECT_EQ(service.patch(location, 2, "345").status(), 204);
    EXPECT_EQ(service.stem_bytes("01_Drums.wav"), "12345");
}

TEST_F(UploadProtocol, T5TakesACompleteUploadForDone) {
    auto const location = made(5);
    EXPECT_EQ(service.patch(location, 0, "12345").status(), 204);
    auto const again = service.patch(location, 5, "");
    EXPECT_EQ(again.status(), 204);
    EXPECT_EQ(again.field("Upload-Offset"), "5");
    EXPECT_EQ(service.patch(location, 0, "12345").status(), 409);
    EXPECT_EQ(service.patch(location, 5, "6").status(), 413);
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM stem"), 1);
}

TEST_F(UploadProtocol, T6WantsALength) {
    auto const given = for_session("a.wav");
    for (std::string const length : {"", "-1", "1.5", "+3", "ten", "99999999999999999999"}) {
        auto const request = UploadService::request(
            Method::post, "/v1/uploads", {{"upload-length", length}, {"upload-metadata", given}}
        );
        EXPECT_EQ(service.send(request).status(), 400) << length;
    }
    auto const deferred = UploadService::request(
        Method::post, "/v1/uploads", {{"upload-defer-length", "1"}, {"upload-metadata", given}}
    );
    EXPECT_EQ(service.send(deferred).status(), 400);
    EXPECT_EQ(service.create((std::int64_t{16} << 30U) + 1, given).status(), 413);
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM upload"), 0);
}

TEST_F(UploadProtocol, T6SaysWhereTheUploadIs) {
    auto const reply = service.create(5, for_session("a.wav"));
    EXPECT_EQ(reply.status(), 201);
    EXPECT_TRUE(reply.field("Location").starts_with("/v1/uploads/upl_"));
    EXPECT_EQ(reply.field("Upload-Offset"), "0");
}

TEST_F(UploadProtocol, T6TakesNothingForCompleteAtOnce) {
    auto const reply = service.create(0, for_session("empty.wav"));
    EXPECT_EQ(reply.status(), 201);
    EXPECT_EQ(service.stem_bytes("empty.wav"), "");
    EXPECT_EQ(service.head(reply.field("Location")).field("Upload-Offset"), "0");
}

TEST_F(UploadProtocol, T6RefusesHostileMetadata) {
    for (auto const& given :
         {std::string{},
          metadata({{"session", "ses_alice"}}),
          metadata({{"filename", "a.wav"}}),
          metadata({{"session", "ses_alice"}, {"filename", "../../etc/passwd"}}),
          metadata({{"session", "ses_alice"}, {"filename", "a/b.wav"}}),
          metadata({{"session", "ses_alice"}, {"filename", "a\\b.wav"}}),
          metadata({{"session", "ses_alice"}, {"filename", ".."}}),
          metadata({{"session", "ses_alice"}, {"filename", std::string{"a\0.wav", 6}}}),
          metadata({{"session", "ses_alice"}, {"filename", "a\r\nX: y.wav"}}),
          metadata({{"session", "ses_alice"}, {"filename", "\xff\xfe.wav"}}),
          metadata({{"session", "ses_alice"}, {"filename", "gpj.\u202ewav"}}),
          metadata({{"session", "ses_alice"}, {"filename", std::string(201, 'a')}}),
          metadata({{"session", "ses_alice"}, {"filename", "a.wav"}, {"role", "master"}}),
          metadata({{"session", "ses_alice"}, {"filename", "a.wav"}, {"sha256", "abc"}}),
          metadata({{"session", "ses_alice"}, {"filename", "a.wav"}}) + ",filename YQ==",
          std::string{"session ses_alice,filename a.wav"}}) {
        EXPECT_EQ(service.create(5, given).status(), 400) << given;
    }
    auto const elsewhere = [](std::string const& session) {
        return metadata({{"session", session}, {"filename", "a.wav"}});
    };
    EXPECT_EQ(service.create(5, elsewhere("ses_bob")).status(), 404);
    EXPECT_EQ(service.create(5, elsewhere("' OR 1=1 --")).status(), 404);
    EXPECT_EQ(service.used_bytes(), 0);
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM upload"), 0);
}

TEST_F(UploadProtocol, T7TakesTheBytesWithTheCreation) {
    auto request = UploadService::request(
        Method::post,
        "/v1/uploads",
        {{"upload-length", "5"}, {"upload-metadata", for_session("a.wav")}}
    );
    EXPECT_EQ(service.send(request, "12345").status(), 415);
    request.fields["content-type"] = "application/offset+octet-stream";
    EXPECT_EQ(service.send(request, "123456").status(), 413);
    auto const part = service.send(request, "123");
    EXPECT_EQ(part.status(), 201);
    EXPECT_EQ(part.field("Upload-Offset"), "3");
    EXPECT_EQ(service.patch(part.field("Location"), 3, "45").status(), 204);
    EXPECT_EQ(service.stem_bytes("a.wav"), "12345");
    EXPECT_EQ(service.used_bytes(), 5);
}

TEST_F(UploadProtocol, T7ForgetsACreationWhoseBodyBrokeOff) {
    auto request = UploadService::request(
        Method::post,
        "/v1/uploads",
        {{"upload-length", "5"},
         {"upload-metadata", for_session("a.wav")},
         {"content-type", "application/offset+octet-stream"}}
    );
    request.body_bytes = 5;
    auto reply = service.ask(request);
    ASSERT_TRUE(reply.sink);
    std::string const came = "12";
    reply.sink->write(std::as_bytes(std::span{came}));
    UploadService::finish(reply, false);
    EXPECT_EQ(reply.status(), 408);
    EXPECT_EQ(service.used_bytes(), 0); // nobody knows its address
    EXPECT_TRUE(service.uploads().files().ids().empty());
}

TEST_F(UploadProtocol, T8VerifiesAChunk) {
    auto const location = made(8);
    EXPECT_EQ(
        service.patch(
                   location, 0, "1234", {{"upload-checksum", checksum("sha1", "1234")}}
        ).status(),
        204
    );
    EXPECT_EQ(
        service.patch(
                   location, 4, "5678", {{"upload-checksum", checksum("sha256", "5679")}}
        ).status(),
        460
    );
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "4");
    EXPECT_EQ(
        service.patch(
                   location, 4, "5678", {{"upload-checksum", "md5 1B2M2Y8AsgTpgAmY7PhCfg=="}}
        ).status(),
        400
    );
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "4");
    EXPECT_EQ(
        service.patch(
                   location, 4, "5678", {{"upload-checksum", checksum("sha256", "5678")}}
        ).status(),
        204
    );
    EXPECT_EQ(service.stem_bytes("01_Drums.wav"), "12345678");
}

TEST_F(UploadProtocol, T8KeepsNothingOfAChunkThatCannotBeVerified) {
    auto const location = made(8);
    auto request = UploadService::patch_request(location, 0, "12345678");
    request.fields["upload-checksum"] = checksum("sha1", "12345678");
    auto reply = service.ask(request);
    std::string const came = "1234";
    reply.sink->write(std::as_bytes(std::span{came}));
    UploadService::finish(reply, false);
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "0");
}

TEST_F(UploadProtocol, T9EndsAnUpload) {
    auto const location = made(5);
    EXPECT_EQ(service.patch(location, 0, "12").status(), 204);
    EXPECT_EQ(service.used_bytes(), 5);
    EXPECT_EQ(service.remove(location, kBob).status(), 404);
    EXPECT_EQ(service.remove(location).status(), 204);
    EXPECT_EQ(service.used_bytes(), 0);
    EXPECT_TRUE(service.uploads().files().ids().empty());
    auto const gone = service.head(location);
    EXPECT_EQ(gone.status(), 410);
    EXPECT_EQ(gone.field("Upload-Offset"), "");
    EXPECT_EQ(service.patch(location, 2, "345").status(), 410);
    EXPECT_EQ(service.remove(location).status(), 410);
}

TEST_F(UploadProtocol, T9LeavesTheFileThatAnUploadHasBecome) {
    auto const location = made(5);
    EXPECT_EQ(service.patch(location, 0, "12345").status(), 204);
    EXPECT_EQ(service.remove(location).status(), 204);
    EXPECT_EQ(service.head(location).status(), 410);
    EXPECT_EQ(service.stem_bytes("01_Drums.wav"), "12345");
    EXPECT_EQ(service.used_bytes(), 5);
}

TEST_F(UploadProtocol, T10SaysWhenAnUploadExpires) {
    auto const made_reply = service.create(5, for_session("a.wav"));
    auto const location = made_reply.field("Location");
    EXPECT_EQ(made_reply.field("Upload-Expires"), "Fri, 22 Jan 2027 08:00:00 GMT"); // clock + 7 d
    service.advance_clock(kDay_ms);
    EXPECT_EQ(
        service.patch(location, 0, "12").field("Upload-Expires"), "Sat, 23 Jan 2027 08:00:00 GMT"
    );
    EXPECT_EQ(service.head(location).field("Upload-Expires"), "Sat, 23 Jan 2027 08:00:00 GMT");
    EXPECT_EQ(service.patch(location, 2, "345").field("Upload-Expires"), "");
}

TEST_F(UploadProtocol, T10EndsWhatHasExpired) {
    auto const location = made(5);
    service.advance_clock(7 * kDay_ms);
    for (auto const& reply :
         {service.head(location), service.patch(location, 0, "12345"), service.remove(location)}) {
        EXPECT_EQ(reply.status(), 410);
    }
}

} // namespace

} // namespace stemlathe::test
