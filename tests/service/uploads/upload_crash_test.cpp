#include "service/store/crash_point.hpp"
#include "service/uploads/recover_uploads.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/service/uploads/resuming_client.hpp"
#include "tests/service/uploads/upload_service.hpp"
#include "tests/support/temp_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <functional>
#include <set>
#include <span>

/// Whatever moment the service dies at: no accepted byte is lost, no file comes twice, and every
/// byte of the quota is accounted for.
namespace stemlathe::test {

namespace {

constexpr std::int64_t kLife_ms = std::int64_t{7} * 24 * 3'600'000;
constexpr int kSound = 0;
constexpr int kUnsound = 1;

/// Runs `work` in a process of its own. @returns how it ended, as waitpid has it
int status_of_child(std::function<void()> const& work) {
    auto const child = ::fork();
    if (child == 0) {
        work();
        std::fflush(nullptr); // what failed
        ::_exit(::testing::Test::HasFailure() ? kUnsound : kSound);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return status;
}

/// What a client and the clock do to the service: everything that makes a change last.
void live(std::filesystem::path const& folder) {
    UploadService service{folder};
    service::recover_uploads(service.uploads());
    ResumingClient client{service, folder / "client"};
    client.upload("01_Drums.wav", noise(30'000, 1), 20'000);
    client.upload("02_Bass.wav", noise(30'000, 2), 20'000, "sha1");
    client.upload_in_parts("03_Vocals.wav", noise(30'000, 3));
    auto const spoilt = service.create(9, for_session("spoilt.wav")).field("Location");
    EXPECT_EQ(
        service.patch(
                   spoilt, 0, "chunk", {{"upload-checksum", checksum("sha1", "other")}}
        ).status(),
        460
    );
    service.advance_clock(kLife_ms);
    service::sweep_uploads(service.uploads());
}

void check(std::filesystem::path const& folder) {
    UploadService service{folder};
    EXPECT_TRUE(service.stem_bytes("01_Drums.wav") == noise(30'000, 1));
    EXPECT_TRUE(service.stem_bytes("02_Bass.wav") == noise(30'000, 2));
    EXPECT_TRUE(service.stem_bytes("03_Vocals.wav") == noise(30'000, 3));
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM stem WHERE deleted IS NULL"), 3);
    EXPECT_EQ(service.used_bytes(), 90'000);
    EXPECT_EQ(service.number("SELECT count(*) AS n FROM upload WHERE state='receiving'"), 0);
    EXPECT_EQ(
        service.number("SELECT count(*) AS n FROM stem s WHERE s.deleted IS NULL AND "
                       "(SELECT count(*) FROM job j WHERE j.subject=s.id AND j.kind='probe')=1 AND "
                       "(SELECT count(*) FROM event e WHERE e.subject=s.id AND "
                       "e.type='stem.probing')=1"),
        3
    );
    EXPECT_TRUE(service.uploads().files().ids().empty());
}

/// The sites that an upload comes by.
std::vector<std::string> sites() {
    constexpr std::array<std::string_view, 3> kParts{"upload_", "publish_", "commit_"};
    std::vector<std::string> names;
    for (auto const site : service::crash_sites()) {
        auto const name = service::name_of(site);
        if (std::ranges::any_of(kParts, [&](auto part) { return name.starts_with(part); })) {
            names.emplace_back(name);
        }
    }
    return names;
}

TEST(UploadCrashes, LoseNothingAtAnyPoint) {
    use_memory_as_disk(); // no power is cut here
    std::set<std::string> reached;
    for (auto const& name : sites()) {
        bool is_reached = true;
        for (int pass = 1; pass <= 2 && is_reached; ++pass) {
            SCOPED_TRACE(name + ":" + std::to_string(pass));
            TempFolder const folder;
            std::filesystem::create_directory(folder / "client");
            auto const status = status_of_child([&] {
                service::arm_crash_point(name + ":" + std::to_string(pass));
                live(folder.path());
            });
            ASSERT_TRUE(WIFEXITED(status));
            is_reached = WEXITSTATUS(status) == service::kCrashStatus;
            ASSERT_TRUE(is_reached || WEXITSTATUS(status) == kSound);
            if (is_reached) {
                reached.insert(name);
                ASSERT_EQ(status_of_child([&] { live(folder.path()); }), 0);
            }
            check(folder.path());
        }
    }
    for (auto const& name : sites()) {
        // The same bytes are not published twice here: tests of the blob store do that.
        EXPECT_TRUE(name.starts_with("publish_again_") || reached.contains(name)) << name;
    }
}

/// What the child says after each write; so long that a pipe of a page holds it back after eight.
using Word = std::array<char, 512>;

/// A child that uploads in small writes and tells of each.
void upload_and_tell(std::filesystem::path const& folder, std::string const& bytes, int pipe) {
    UploadService service{folder};
    service::recover_uploads(service.uploads());
    auto const location = read_file(folder / "location");
    auto const offset = std::stoull(service.head(location).field("Upload-Offset"));
    auto const rest = bytes.substr(offset);
    auto request = UploadService::patch_request(location, static_cast<std::int64_t>(offset), rest);
    auto reply = service.ask(request);
    ASSERT_TRUE(reply.sink);
    constexpr std::size_t kPiece = 1'000;
    for (std::size_t i = 0; i < rest.size(); i += kPiece) {
        auto const piece = rest.substr(i, kPiece);
        reply.sink->write(std::as_bytes(std::span{piece}));
        Word const word{};
        ASSERT_EQ(::write(pipe, word.data(), word.size()), std::ssize(word));
    }
    UploadService::finish(reply, true);
    EXPECT_EQ(reply.status(), 204);
}

/// Kills such a child once it has told `writes` times. @returns the least that it has written
std::int64_t
kill_in_mid_upload(std::filesystem::path const& folder, std::string const& bytes, int writes) {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    EXPECT_GT(::fcntl(ends[1], F_SETPIPE_SZ, 4096), 0);
    auto const child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        upload_and_tell(folder, bytes, ends[1]);
        ::_exit(kSound);
    }
    ::close(ends[1]);
    for (int i = 0; i < writes; ++i) {
        Word word{};
        EXPECT_EQ(::read(ends[0], word.data(), word.size()), std::ssize(word));
    }
    ::kill(child, SIGKILL);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    ::close(ends[0]);
    return writes * 1'000;
}

TEST(UploadCrashes, LeaveTheSameBytesAfterFiveKills) {
    TempFolder const folder;
    auto const bytes = noise(2'000'000, 9);
    {
        UploadService service{folder.path()};
        auto const made = service.create(2'000'000, for_session("a.wav", sha256_of(bytes)));
        write_file(folder / "location", made.field("Location"));
    }
    std::int64_t before = 0;
    for (int i = 0; i < 5; ++i) {
        auto const written = kill_in_mid_upload(folder.path(), bytes, 60 + 7 * i);
        UploadService service{folder.path()};
        auto const offset =
            std::stoll(service.head(read_file(folder / "location")).field("Upload-Offset"));
        EXPECT_GE(offset, before + written);
        ASSERT_LT(offset, 2'000'000) << "the kill came too late to prove anything";
        before = offset;
    }
    UploadService service{folder.path()};
    service::recover_uploads(service.uploads());
    auto const location = read_file(folder / "location");
    EXPECT_EQ(
        service.patch(location, before, bytes.substr(static_cast<std::size_t>(before))).status(),
        204
    );
    EXPECT_TRUE(service.stem_bytes("a.wav") == bytes);
}

} // namespace

} // namespace stemlathe::test
