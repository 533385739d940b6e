#include "service/uploads/recover_uploads.hpp"
#include "service/uploads/upload_file.hpp"
#include "tests/service/uploads/upload_service.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

constexpr std::int64_t kLife_ms = std::int64_t{7} * 24 * 3'600'000;

std::string id_of(std::string const& location) {
    return location.substr(location.rfind('/') + 1);
}

class UploadRecovery : public ::testing::Test {
  protected:
    std::string begun() {
        auto const location = service.create(8, for_session("a.wav")).field("Location");
        EXPECT_EQ(service.patch(location, 0, "1234").status(), 204);
        return location;
    }

    /// Bytes that a process wrote before it died.
    void append(std::string const& location, std::string_view bytes) {
        service::UploadFile file{service.uploads().files().path_of(id_of(location))};
        auto position = file.bytes();
        file.write(std::as_bytes(std::span{bytes}), position);
    }

    TempFolder folder;
    UploadService service{folder.path()};
};

TEST_F(UploadRecovery, TakesTheFileForTheTruth) {
    auto const location = begun();
    append(location, "56");
    service::recover_uploads(service.uploads());
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "6");
}

/// After a power cut, what was not synced may be there in length and not in content.
TEST_F(UploadRecovery, CutsBackToWhatWasDurableAfterAReboot) {
    auto const location = begun();
    append(location, "??");
    service.database().query("UPDATE upload SET boot='another'");
    service::recover_uploads(service.uploads());
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "4");
    EXPECT_EQ(service.patch(location, 4, "5678").status(), 204);
    EXPECT_EQ(service.stem_bytes("a.wav"), "12345678");
}

TEST_F(UploadRecovery, SurvivesAFileThatThePowerCutTook) {
    auto const location = begun();
    std::filesystem::remove(service.uploads().files().path_of(id_of(location)));
    service.database().query("UPDATE upload SET boot='another'");
    service::recover_uploads(service.uploads());
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "0");
    EXPECT_EQ(service.patch(location, 0, "12345678").status(), 204);
    EXPECT_EQ(service.stem_bytes("a.wav"), "12345678");
}

TEST_F(UploadRecovery, PublishesWhatWasCompleteAndNotRecorded) {
    auto const location = begun();
    append(location, "5678");
    service::recover_uploads(service.uploads());
    EXPECT_EQ(service.stem_bytes("a.wav"), "12345678");
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "8");
}

TEST_F(UploadRecovery, CutsOffWhatWasNeverVerified) {
    auto const location = begun();
    service.uploads().files().mark_unverified(id_of(location), 4);
    append(location, "????");
    service::recover_uploads(service.uploads());
    EXPECT_EQ(service.stem_bytes("a.wav"), "<none>");
    EXPECT_EQ(service.head(location).field("Upload-Offset"), "4");
}

TEST_F(UploadRecovery, RemovesFilesThatBelongToNothing) {
    auto const location = begun();
    service.uploads().files().create("upl_orphan");
    service.uploads().files().mark_unverified("upl_stray", 3);
    service::recover_uploads(service.uploads());
    EXPECT_EQ(service.uploads().files().ids(), std::vector<std::string>{id_of(location)});
}

TEST_F(UploadRecovery, ReportsWhatItCannotRepairAndGoesOn) {
    auto const first = begun();
    append(first, "5678");
    service.database().query("UPDATE tenant SET max_queued=0 WHERE id='alice'");
    service::recover_uploads(service.uploads());
    EXPECT_EQ(service.errors.size(), 1U);
    EXPECT_EQ(service.head(first).field("Upload-Offset"), "8");
}

TEST_F(UploadRecovery, ExpiresWhatNobodyFinished) {
    auto const location = begun();
    EXPECT_EQ(service.used_bytes(), 8);
    service.advance_clock(kLife_ms - 1);
    service::sweep_uploads(service.uploads());
    EXPECT_EQ(service.head(location).status(), 200);
    service.advance_clock(1);
    service::sweep_uploads(service.uploads());
    EXPECT_EQ(service.used_bytes(), 0);
    EXPECT_TRUE(service.uploads().files().ids().empty());
    EXPECT_EQ(service.head(location).status(), 410);
    service.advance_clock(kLife_ms);
    service::sweep_uploads(service.uploads());
    EXPECT_EQ(service.head(location).status(), 404); // forgotten
}

TEST_F(UploadRecovery, LeavesAloneWhatIsBeingWritten) {
    auto const location = begun();
    auto reply = service.ask(UploadService::patch_request(location, 4, "5678"));
    ASSERT_TRUE(reply.sink);
    service.advance_clock(kLife_ms);
    service::sweep_uploads(service.uploads());
    std::string const rest = "5678";
    reply.sink->write(std::as_bytes(std::span{rest}));
    UploadService::finish(reply, true);
    EXPECT_EQ(reply.status(), 204);
    EXPECT_EQ(service.stem_bytes("a.wav"), "12345678");
}

} // namespace

} // namespace stemlathe::test
