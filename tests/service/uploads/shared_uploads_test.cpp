// Two processes on one database and one folder: whichever a client reaches goes on with its upload.

#include "service/uploads/recover_uploads.hpp"
#include "service/uploads/upload_keeper.hpp"
#include "tests/service/uploads/upload_service.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

constexpr std::int64_t kGone_ms = 15'001;

void write(Reply const& reply, std::string_view bytes) {
    reply.sink->write(std::as_bytes(std::span{bytes}));
}

class SharedUploads : public ::testing::Test {
  protected:
    void SetUp() override {
        tend();
        location = here.create(8, for_session("a.wav")).field("Location");
    }

    void tend() {
        service::tend_uploads(here.uploads());
        service::tend_uploads(there.uploads());
    }

    /// A request here that has brought a part of its body and has not ended.
    Reply half_sent(std::string_view bytes) {
        auto reply = here.ask(UploadService::patch_request(location, 0, "12345678"));
        EXPECT_TRUE(reply.sink);
        reply.sink->attach([&] { ++interruptions; });
        write(reply, bytes);
        return reply;
    }

    std::string writer() {
        auto const rows = here.database().query("SELECT writer FROM upload");
        return rows.front().maybe_text("writer").value_or("nobody");
    }

    TempFolder folder;
    UploadHouse house{folder.path()};
    UploadService here{folder.path(), house, "here"};
    UploadService there{folder.path(), house, "there"};
    std::string location;
    int interruptions = 0;
};

TEST_F(SharedUploads, GoOnInAnyProcess) {
    EXPECT_EQ(here.patch(location, 0, "123").status(), 204);
    EXPECT_EQ(there.head(location).field("Upload-Offset"), "3");
    EXPECT_EQ(there.patch(location, 3, "456").status(), 204);
    EXPECT_EQ(here.patch(location, 6, "78").status(), 204);
    EXPECT_EQ(there.stem_bytes("a.wav"), "12345678");
    EXPECT_EQ(writer(), "nobody");
    EXPECT_TRUE(there.uploads().files().ids().empty());
}

TEST_F(SharedUploads, AreHandedOverByTheOneWhoWrites) {
    auto old = half_sent("123");
    EXPECT_EQ(writer(), "here");
    auto const waiting = there.head(location);
    EXPECT_EQ(waiting.status(), 423);
    EXPECT_TRUE(waiting.response.wait);
    EXPECT_EQ(waiting.field("Retry-After"), "1");
    EXPECT_EQ(there.patch(location, 0, "12345678").status(), 423);
    EXPECT_EQ(there.remove(location).status(), 423);
    EXPECT_EQ(interruptions, 0);
    service::tend_uploads(there.uploads()); // passes the wish on
    service::tend_uploads(here.uploads());  // and hears it
    EXPECT_EQ(interruptions, 1);
    UploadService::finish(old, false);
    EXPECT_EQ(there.head(location).field("Upload-Offset"), "3");
    EXPECT_EQ(there.patch(location, 3, "45678").status(), 204);
    EXPECT_EQ(here.stem_bytes("a.wav"), "12345678");
    service::tend_uploads(here.uploads());
    EXPECT_EQ(interruptions, 1);
}

TEST_F(SharedUploads, OfAProcessThatIsGoneAreTakenOverWhereTheyAreDurable) {
    EXPECT_EQ(here.patch(location, 0, "12").status(), 204);
    auto const old = here.ask(UploadService::patch_request(location, 2, "345678"));
    write(old, "345");
    tend();
    EXPECT_EQ(there.head(location).status(), 423);
    there.advance_clock(kGone_ms);
    service::tend_uploads(there.uploads());
    EXPECT_EQ(there.head(location).field("Upload-Offset"), "2") << "the rest was not synced";
    EXPECT_EQ(there.patch(location, 2, "345678").status(), 204);
    EXPECT_EQ(there.stem_bytes("a.wav"), "12345678");
}

/// It was only stopped, and goes on as if nothing had happened.
TEST_F(SharedUploads, AreSafeFromAProcessThatWakesUp) {
    auto old = half_sent("xxx");
    there.advance_clock(kGone_ms);
    service::tend_uploads(there.uploads());
    EXPECT_EQ(there.patch(location, 0, "1234").status(), 204);
    write(old, "yyyyy");
    UploadService::finish(old, true);
    EXPECT_EQ(old.status(), 410);
    EXPECT_EQ(there.head(location).field("Upload-Offset"), "4");
    auto another = there.ask(UploadService::patch_request(location, 4, "5678"));
    service::tend_uploads(here.uploads());
    EXPECT_EQ(here.patch(location, 4, "5678").status(), 423);
    write(another, "5678");
    UploadService::finish(another, true);
    EXPECT_EQ(another.status(), 204);
    EXPECT_EQ(here.stem_bytes("a.wav"), "12345678");
}

/// The claim was made, and the file is opened only after another process took over.
TEST_F(SharedUploads, AreNotOpenedByWhoSleptBeforeHisFirstByte) {
    auto old = here.ask(UploadService::patch_request(location, 0, "zzzzzzzz"));
    there.advance_clock(kGone_ms);
    service::tend_uploads(there.uploads());
    EXPECT_EQ(there.patch(location, 0, "1234").status(), 204);
    EXPECT_ANY_THROW(write(old, "zzzzzzzz"));
    UploadService::finish(old, false);
    EXPECT_EQ(old.status(), 423);
    EXPECT_EQ(there.patch(location, 4, "5678").status(), 204);
    EXPECT_EQ(there.stem_bytes("a.wav"), "12345678");
}

TEST_F(SharedUploads, AreSetFreeWhenARequestWasDroppedUnfinished) {
    half_sent("123").sink.reset();
    EXPECT_EQ(there.head(location).status(), 423);
    service::tend_uploads(here.uploads());
    EXPECT_EQ(there.head(location).field("Upload-Offset"), "0");
    EXPECT_EQ(there.patch(location, 0, "12345678").status(), 204);
    EXPECT_EQ(there.stem_bytes("a.wav"), "12345678");
}

TEST_F(SharedUploads, AreLeftAloneByTheSweepsAndTheStartOfOthers) {
    auto old = half_sent("123");
    service::sweep_uploads(there.uploads());
    service::recover_uploads(there.uploads());
    UploadService const third{folder.path(), house, "third"};
    write(old, "45678");
    UploadService::finish(old, true);
    EXPECT_EQ(old.status(), 204);
    EXPECT_EQ(there.stem_bytes("a.wav"), "12345678");
}

TEST_F(SharedUploads, ThatAreDeletedThereEndHere) {
    EXPECT_EQ(here.patch(location, 0, "123").status(), 204);
    EXPECT_EQ(there.remove(location).status(), 204);
    EXPECT_EQ(here.patch(location, 3, "45678").status(), 410);
    EXPECT_EQ(here.used_bytes(), 0);
}

/// A chunk with a checksum that is wrong leaves nothing, whoever asks next.
TEST_F(SharedUploads, KeepNothingOfAChunkThatIsWrong) {
    EXPECT_EQ(here.patch(location, 0, "123").status(), 204);
    auto const wrong =
        here.patch(location, 3, "45678", {{"upload-checksum", checksum("sha1", "45679")}});
    EXPECT_EQ(wrong.status(), 460);
    EXPECT_EQ(there.head(location).field("Upload-Offset"), "3");
    EXPECT_EQ(there.patch(location, 3, "45678").status(), 204);
    EXPECT_EQ(there.stem_bytes("a.wav"), "12345678");
}

TEST_F(SharedUploads, AreAssembledWhereverTheirPartsCame) {
    auto const part = [](UploadService& at, std::string const& bytes) {
        auto request = UploadService::request(
            service::Method::post,
            "/v1/uploads",
            {{"upload-length", std::to_string(bytes.size())},
             {"upload-concat", "partial"},
             {"content-type", "application/offset+octet-stream"}}
        );
        return at.send(std::move(request), bytes).field("Location");
    };
    auto const parts = part(here, "abcd") + " " + part(there, "efgh");
    EXPECT_EQ(there.concatenate(parts, for_session("b.wav")).status(), 201);
    EXPECT_EQ(here.stem_bytes("b.wav"), "abcdefgh");
}

TEST_F(SharedUploads, AreRefusedWhileTheDatabaseDoesNotHearOfUs) {
    UploadService deaf{folder.path(), house, "deaf"};
    EXPECT_EQ(deaf.patch(location, 0, "123").status(), 503);
    service::tend_uploads(deaf.uploads());
    EXPECT_EQ(deaf.patch(location, 0, "123").status(), 204);
}

} // namespace

} // namespace stemlathe::test
