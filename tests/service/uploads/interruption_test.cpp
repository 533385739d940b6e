#include "service/uploads/recover_uploads.hpp"
#include "tests/service/uploads/upload_service.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

/// A client notices a dead link before the server does: whoever comes anew ends the old request.
namespace stemlathe::test {

namespace {

class Interruption : public ::testing::Test {
  protected:
    void SetUp() override {
        location = service.create(8, for_session("a.wav")).field("Location");
        old = service.ask(UploadService::patch_request(location, 0, "12345678"));
        ASSERT_TRUE(old.sink);
        old.sink->attach([&] { ++interruptions; });
        std::string const came = "123";
        old.sink->write(std::as_bytes(std::span{came}));
    }

    TempFolder folder;
    UploadService service{folder.path()};
    std::string location;
    Reply old;
    int interruptions = 0;
};

TEST_F(Interruption, LetsAHeadSeeWhatCame) {
    auto const waiting = service.head(location);
    EXPECT_EQ(waiting.status(), 423);
    ASSERT_TRUE(waiting.response.wait);
    EXPECT_EQ(waiting.response.wait->at_most.count(), 2'000);
    EXPECT_EQ(waiting.field("Upload-Offset"), "");
    EXPECT_EQ(interruptions, 1);
    UploadService::finish(old, false);
    auto const shown = service.head(location);
    EXPECT_EQ(shown.status(), 200);
    EXPECT_EQ(shown.field("Upload-Offset"), "3");
}

TEST_F(Interruption, LetsAPatchGoOn) {
    auto const waiting = service.patch(location, 3, "45678");
    EXPECT_EQ(waiting.status(), 423);
    EXPECT_TRUE(waiting.response.wait);
    EXPECT_EQ(interruptions, 1);
    UploadService::finish(old, false);
    EXPECT_EQ(service.patch(location, 3, "45678").status(), 204);
    EXPECT_EQ(service.stem_bytes("a.wav"), "12345678");
}

TEST_F(Interruption, LetsADeletionThrough) {
    EXPECT_EQ(service.remove(location).status(), 423);
    EXPECT_EQ(interruptions, 1);
    UploadService::finish(old, false);
    EXPECT_EQ(service.remove(location).status(), 204);
}

TEST_F(Interruption, IsForTheOwnerAlone) {
    EXPECT_EQ(service.head(location, kBob).status(), 404);
    EXPECT_EQ(service.patch(location, 3, "45678", {}, kBob).status(), 404);
    EXPECT_EQ(service.remove(location, kBob).status(), 404);
    EXPECT_EQ(interruptions, 0);
    UploadService::finish(old, false);
}

/// It comes each minute, and an upload may take an hour.
TEST_F(Interruption, IsNotASweepsDoing) {
    service::sweep_uploads(service.uploads());
    EXPECT_EQ(interruptions, 0);
    std::string const rest = "45678";
    old.sink->write(std::as_bytes(std::span{rest}));
    UploadService::finish(old, true);
    EXPECT_EQ(old.status(), 204);
    EXPECT_EQ(service.stem_bytes("a.wav"), "12345678");
}

TEST_F(Interruption, ReachesARequestThatIsNotAttachedYet) {
    UploadService::finish(old, false);
    auto fresh = service.ask(UploadService::patch_request(location, 3, "45678"));
    ASSERT_TRUE(fresh.sink);
    EXPECT_EQ(service.head(location).status(), 423);
    int cuts = 0;
    fresh.sink->attach([&] { ++cuts; });
    EXPECT_EQ(cuts, 1);
    UploadService::finish(fresh, false);
}

TEST_F(Interruption, ComesFreeWhenARequestIsDroppedUnfinished) {
    old.sink.reset();
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "3");
}

} // namespace

} // namespace stemlathe::test
