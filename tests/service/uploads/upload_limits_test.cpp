#include "service/uploads/recover_uploads.hpp"
#include "tests/service/uploads/upload_service.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>

/// Quotas, disks that are full, and what may be sent at once.
namespace stemlathe::test {

namespace {

using service::Method;

/// Lets every write past `bytes` fail as a full disk does.
class SmallFiles {
  public:
    explicit SmallFiles(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit const small{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }

    SmallFiles(SmallFiles const&) = delete;
    SmallFiles& operator=(SmallFiles const&) = delete;

    ~SmallFiles() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, SIG_DFL);
    }

  private:
    rlimit before_{};
};

/// A disk of its own; nothing where this process may not mount one.
class SmallDisk {
  public:
    explicit SmallDisk(std::filesystem::path folder, char const* options)
        : folder_{std::move(folder)},
          is_there_{::mount("tmpfs", folder_.c_str(), "tmpfs", 0, options) == 0} {}

    SmallDisk(SmallDisk const&) = delete;
    SmallDisk& operator=(SmallDisk const&) = delete;

    ~SmallDisk() {
        if (is_there_) {
            ::umount2(folder_.c_str(), MNT_DETACH);
        }
    }

    [[nodiscard]] bool is_there() const noexcept {
        return is_there_;
    }

    void resize(char const* options) const {
        EXPECT_EQ(::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, options), 0);
    }

  private:
    std::filesystem::path folder_;
    bool is_there_;
};

class UploadLimits : public ::testing::Test {
  protected:
    std::string made(std::int64_t bytes, std::string const& filename = "a.wav") {
        auto const reply = service.create(bytes, for_session(filename));
        EXPECT_EQ(reply.status(), 201);
        return reply.field("Location");
    }

    void send(std::string const& filename, std::string const& role, std::string const& bytes) {
        auto const given =
            metadata({{"session", "ses_alice"}, {"role", role}, {"filename", filename}});
        auto const reply = service.create(static_cast<std::int64_t>(bytes.size()), given);
        EXPECT_EQ(service.patch(reply.field("Location"), 0, bytes).status(), 204);
    }

    TempFolder folder;
    UploadService service{folder.path()};
};

TEST_F(UploadLimits, ReserveTheQuotaUpFront) {
    auto const location = made(kQuota - 10);
    auto const refused = service.create(11, for_session("b.wav"));
    EXPECT_EQ(refused.status(), 403);
    EXPECT_NE(refused.text().find("/problems/quota-exceeded"), std::string::npos);
    EXPECT_EQ(service.create(10, for_session("c.wav")).status(), 201);
    EXPECT_EQ(service.remove(location).status(), 204);
    EXPECT_EQ(service.create(11, for_session("b.wav")).status(), 201);
}

TEST_F(UploadLimits, ChargeTheClientWhoseSessionItIs) {
    EXPECT_EQ(service.create(7, for_session("a.wav"), kHouse).status(), 201);
    EXPECT_EQ(service.used_bytes("alice"), 7);
    EXPECT_EQ(service.used_bytes("house"), 0);
}

TEST_F(UploadLimits, GiveTheBytesOfAReplacedFileBack) {
    send("a.wav", "stem", "12345");
    service.database().query("UPDATE stem SET role='bass', priority=3, mute=1, offset_s='1.5'");
    send("a.wav", "stem", "new");
    EXPECT_EQ(service.stem_bytes("a.wav"), "new");
    EXPECT_EQ(service.used_bytes(), 3);
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM stem WHERE deleted IS NOT NULL"), 1);
    EXPECT_EQ(
        service.number("SELECT count(*) AS n FROM stem WHERE deleted IS NULL AND role='bass' AND "
                       "priority=3 AND mute=1 AND offset_s='1.5'"),
        1
    ); // what was set for the file holds for its new take
    send("a.wav", "reference", "song");
    EXPECT_EQ(service.used_bytes(), 7); // of another kind: beside it
}

TEST_F(UploadLimits, CountTheStemsOfASession) {
    service.services().limits.stems_max = 2;
    static_cast<void>(made(1, "1.wav"));
    send("2.wav", "stem", "x");
    EXPECT_EQ(service.create(1, for_session("3.wav")).status(), 409);
    EXPECT_EQ(service.create(1, for_session("2.wav")).status(), 201); // replaces one
}

TEST_F(UploadLimits, BoundHowManyAreWrittenAtOnce) {
    service.services().limits.uploads_per_tenant_max = 2;
    std::vector<Reply> writing;
    for (auto const* name : {"1.wav", "2.wav"}) {
        writing.push_back(service.ask(UploadService::patch_request(made(5, name), 0, "12345")));
        ASSERT_TRUE(writing.back().sink);
    }
    auto const location = made(5, "3.wav"); // without a body there is nothing to bound
    auto const refused = service.patch(location, 0, "12345");
    EXPECT_EQ(refused.status(), 429);
    EXPECT_EQ(refused.field("Retry-After"), "5");
    UploadService::finish(writing.front(), false);
    EXPECT_EQ(service.patch(location, 0, "12345").status(), 204);
}

TEST_F(UploadLimits, AnswerForAFullDiskAndKeepWhatCame) {
    auto const bytes = noise(5'000'000, 3);
    auto const location = made(5'000'000);
    {
        SmallFiles const full{3'000'000};
        auto const refused = service.patch(location, 0, bytes);
        EXPECT_EQ(refused.status(), 507);
        EXPECT_EQ(refused.field("Tus-Resumable"), "1.0.0");
        EXPECT_EQ(service.head(location).field("Upload-Offset"), "3000000");
    }
    EXPECT_EQ(service.patch(location, 3'000'000, bytes.substr(3'000'000)).status(), 204);
    EXPECT_TRUE(service.stem_bytes("a.wav") == bytes);
}

TEST_F(UploadLimits, KeepNothingOfAChunkWithAChecksumWhenTheDiskIsFull) {
    auto const bytes = noise(5'000'000, 4);
    auto const location = made(5'000'000);
    {
        SmallFiles const full{3'000'000};
        auto const refused =
            service.patch(location, 0, bytes, {{"upload-checksum", checksum("sha1", bytes)}});
        EXPECT_EQ(refused.status(), 507);
        EXPECT_EQ(service.head(location).field("Upload-Offset"), "0");
    }
    EXPECT_EQ(
        service.patch(location, 0, bytes, {{"upload-checksum", checksum("sha1", bytes)}}).status(),
        204
    );
    EXPECT_TRUE(service.stem_bytes("a.wav") == bytes);
}

TEST(SmallDisks, AreResumedWhenThereIsRoom) {
    TempFolder const folder;
    SmallDisk const disk{folder.path(), "size=2m"};
    if (!disk.is_there()) {
        GTEST_SKIP() << "this process may not mount a small disk";
    }
    UploadService service{folder.path()};
    auto const bytes = noise(2'000'000, 5);
    auto const refused = service.create(4'000'000, for_session("a.wav"));
    EXPECT_EQ(refused.status(), 507); // not even begun
    EXPECT_EQ(service.used_bytes(), 0);
    disk.resize("size=8m");
    auto const location = service.create(2'000'000, for_session("a.wav")).field("Location");
    disk.resize("size=1m");
    EXPECT_EQ(service.patch(location, 0, bytes).status(), 507);
    auto const kept = std::stoll(service.head(location).field("Upload-Offset"));
    EXPECT_GT(kept, 100'000);
    EXPECT_LT(kept, 1'000'000);
    disk.resize("size=8m");
    EXPECT_EQ(
        service.patch(location, kept, bytes.substr(static_cast<std::size_t>(kept))).status(), 204
    );
    EXPECT_TRUE(service.stem_bytes("a.wav") == bytes);
}

TEST_F(UploadLimits, HoldTheFileAgainstItsChecksum) {
    auto const wrong = service.create(5, for_session("a.wav", sha256_of("other")));
    EXPECT_EQ(service.patch(wrong.field("Location"), 0, "12345").status(), 460);
    EXPECT_EQ(service.head(wrong.field("Location")).status(), 410);
    EXPECT_EQ(service.used_bytes(), 0);
    EXPECT_EQ(service.stem_bytes("a.wav"), "<none>");
    EXPECT_TRUE(service.blobs().older_than(std::chrono::milliseconds{0}).empty()) << "published";
    auto const right = service.create(5, for_session("a.wav", sha256_of("12345")));
    EXPECT_EQ(service.patch(right.field("Location"), 0, "12345").status(), 204);
    EXPECT_EQ(service.stem_bytes("a.wav"), "12345");
}

TEST_F(UploadLimits, EndAnUploadWhoseSessionIsGone) {
    auto const location = made(5);
    service.database().query("UPDATE session SET deleted=now_ms() WHERE id='ses_alice'");
    EXPECT_EQ(service.patch(location, 0, "12345").status(), 410);
    EXPECT_EQ(service.used_bytes(), 0);
    EXPECT_TRUE(service.uploads().files().ids().empty());
}

/// The queue may be full when the last byte comes: nothing is lost, and a sweep goes on.
TEST_F(UploadLimits, KeepACompleteUploadThatTheQueueHasNoRoomFor) {
    service.database().query("UPDATE tenant SET max_queued=0 WHERE id='alice'");
    auto const location = made(5);
    EXPECT_EQ(service.patch(location, 0, "12345").status(), 429);
    EXPECT_EQ(service.stem_bytes("a.wav"), "<none>");
    EXPECT_TRUE(service::has_unrecorded_uploads(service.database()));
    service::sweep_uploads(service.uploads());
    EXPECT_TRUE(service::has_unrecorded_uploads(service.database())) << "and is not given up";
    service.database().query("UPDATE tenant SET max_queued=9 WHERE id='alice'");
    service::sweep_uploads(service.uploads());
    EXPECT_EQ(service.stem_bytes("a.wav"), "12345");
    EXPECT_FALSE(service::has_unrecorded_uploads(service.database()));
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM job WHERE kind='probe'"), 1);
}

TEST_F(UploadLimits, QueueNoProbeForWhatIsNoAudio) {
    send("notes.pdf", "attachment", "%PDF-");
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM stem WHERE state='ready'"), 1);
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM job"), 0);
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM event WHERE type='stem.ready'"), 1);
}

} // namespace

} // namespace stemlathe::test
