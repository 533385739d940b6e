#include "formats/checksum.hpp"
#include "kernels/base/failure.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

namespace stemlathe::test {

namespace {

using service::Blob;
using service::LocalBlobStore;

class BlobStoreTest : public ::testing::Test {
  protected:
    std::filesystem::path made(std::string const& name, std::string_view text) const {
        auto path = blobs.workshop() / name;
        write_file(path, text);
        return path;
    }

    std::filesystem::path home_of(std::string const& digest) const {
        return folder / "cas" / digest.substr(0, 2) / digest.substr(2, 2) / digest;
    }

    TempFolder folder;
    LocalBlobStore blobs{folder.path()};
};

void age(std::filesystem::path const& path, std::chrono::hours by) {
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - by);
}

TEST_F(BlobStoreTest, NamesAFileByItsContent) {
    auto const file = made("take", "123456789");
    auto const blob = blobs.publish(file);
    // FIPS 180-4's and the CRC catalogue's check values of "123456789".
    EXPECT_EQ(blob.digest, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
    EXPECT_EQ(blob.crc32, 0xCBF43926U);
    EXPECT_EQ(blob.bytes, 9);
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_EQ(read_file(home_of(blob.digest)), "123456789");

    struct stat status {};

    ASSERT_EQ(::stat(home_of(blob.digest).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0440U);
}

TEST_F(BlobStoreTest, KeepsTheSameBytesOnce) {
    auto const first = blobs.publish(made("a", "same"));
    auto const second = blobs.publish(made("b", "same"));
    EXPECT_EQ(first.digest, second.digest);
    EXPECT_EQ(tree_of(folder / "cas").size(), 3U); // two folders and the file
    EXPECT_TRUE(tree_of(blobs.workshop()).empty());
}

TEST_F(BlobStoreTest, TakesAnEmptyFile) {
    auto const blob = blobs.publish(made("a", ""));
    EXPECT_EQ(blob.bytes, 0);
    EXPECT_NO_THROW(static_cast<void>(blobs.open(blob.digest, 0)));
}

TEST_F(BlobStoreTest, HashesFilesOfManyBlocks) {
    std::string const text(3'000'001, 'w');
    auto const file = made("a", text);
    auto const digest = sha256_of_file(file);
    auto const blob = blobs.publish(file);
    EXPECT_EQ(blob.digest, digest);
    EXPECT_EQ(blob.bytes, 3'000'001);
}

TEST_F(BlobStoreTest, ReplacesABlobOfTheWrongSize) {
    auto const blob = blobs.publish(made("a", "whole"));
    std::filesystem::permissions(home_of(blob.digest), std::filesystem::perms::owner_all);
    write_file(home_of(blob.digest), "who");
    EXPECT_THROW(static_cast<void>(blobs.open(blob.digest, blob.bytes)), Failure);
    EXPECT_EQ(blobs.publish(made("b", "whole")).digest, blob.digest);
    EXPECT_EQ(read_file(home_of(blob.digest)), "whole");
}

TEST_F(BlobStoreTest, OpensWhatIsThereWithItsSize) {
    auto const blob = blobs.publish(made("a", "words"));
    auto const descriptor = blobs.open(blob.digest, blob.bytes);
    std::string text(5, ' ');
    EXPECT_EQ(::pread(*descriptor, text.data(), 5, 0), 5);
    EXPECT_EQ(text, "words");
    EXPECT_LT(::pwrite(*descriptor, "x", 1, 0), 0);
    try {
        static_cast<void>(blobs.open(blob.digest, 6));
        ADD_FAILURE();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::storage_failed);
    }
    try {
        static_cast<void>(blobs.open(std::string(64, '0'), 5));
        ADD_FAILURE();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::not_found);
    }
}

TEST_F(BlobStoreTest, RefusesALinkThatPosesAsAFile) {
    write_file(folder / "secret", "secret");
    std::filesystem::create_symlink(folder / "secret", blobs.workshop() / "link");
    EXPECT_THROW(static_cast<void>(blobs.publish(blobs.workshop() / "link")), Failure);
    EXPECT_EQ(read_file(folder / "secret"), "secret");
}

TEST_F(BlobStoreTest, PlacesABlobForAJob) {
    auto const blob = blobs.publish(made("a", "take one"));
    auto const beside = folder / "job-1.wav";
    blobs.place(blob.digest, beside);
    EXPECT_EQ(std::filesystem::hard_link_count(beside), 2U);
    EXPECT_EQ(read_file(beside), "take one");
    try {
        blobs.place(blob.digest, beside);
        ADD_FAILURE() << "something was there";
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::storage_failed);
    }
    try {
        blobs.place(std::string(64, 'a'), folder / "none");
        ADD_FAILURE();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::not_found);
    }
}

TEST_F(BlobStoreTest, PlacesABlobOnAnotherDiskByASoftLink) {
    std::filesystem::path const other{"/dev/shm"};

    struct stat here {};

    struct stat there {};

    if (::stat(other.c_str(), &there) != 0 || ::stat(folder.path().c_str(), &here) != 0 ||
        here.st_dev == there.st_dev || ::access(other.c_str(), W_OK) != 0) {
        GTEST_SKIP() << "no second file system: /dev/shm is missing or the same as /tmp";
    }
    auto const blob = blobs.publish(made("a", "far away"));
    auto const path = other / ("stemlathe-test-" + std::to_string(::getpid()));
    blobs.place(blob.digest, path);
    EXPECT_TRUE(std::filesystem::is_symlink(path));
    EXPECT_EQ(read_file(path), "far away");
    std::filesystem::remove(path);
    EXPECT_THROW(blobs.place(std::string(64, 'a'), path), Failure);
}

TEST_F(BlobStoreTest, RemovesOnlyWhatWasNotPublishedLately) {
    auto const blob = blobs.publish(made("a", "old"));
    EXPECT_FALSE(blobs.remove(blob.digest, std::chrono::hours{1}));
    EXPECT_EQ(read_file(home_of(blob.digest)), "old");
    age(home_of(blob.digest), std::chrono::hours{2});
    EXPECT_EQ(blobs.older_than(std::chrono::hours{1}), std::vector<std::string>{blob.digest});
    EXPECT_TRUE(blobs.remove(blob.digest, std::chrono::hours{1}));
    EXPECT_TRUE(blobs.older_than(std::chrono::hours{0}).empty());
    EXPECT_TRUE(blobs.remove(blob.digest, std::chrono::hours{1})
    ); // it is gone, which is all that was wanted
    EXPECT_TRUE(tree_of(blobs.workshop()).empty());
}

TEST_F(BlobStoreTest, CountsAPublicationOfOldBytesAsNew) {
    auto const blob = blobs.publish(made("a", "old"));
    age(home_of(blob.digest), std::chrono::hours{48});
    auto const upload = made("b", "old");
    age(upload, std::chrono::hours{48}); // it came slowly
    static_cast<void>(blobs.publish(upload));
    EXPECT_FALSE(blobs.remove(blob.digest, std::chrono::hours{24}));
    auto const slow = made("c", "other");
    age(slow, std::chrono::hours{48});
    EXPECT_FALSE(blobs.remove(blobs.publish(slow).digest, std::chrono::hours{24}));
}

TEST_F(BlobStoreTest, SweepsItsWorkshopAtStart) {
    write_file(made("old-file", "x"), "x");
    age(blobs.workshop() / "old-file", std::chrono::hours{25});
    made("new-file", "x");
    write_file(blobs.workshop() / "old-job/mix/a.wav", "x");
    write_file(blobs.workshop() / "busy-job/mix/a.wav", "x");
    std::filesystem::create_symlink("nowhere", blobs.workshop() / "new-link");
    for (auto const* name :
         {"old-job/mix/a.wav", "old-job/mix", "old-job", "busy-job/mix", "busy-job"}) {
        age(blobs.workshop() / name, std::chrono::hours{25});
    }
    LocalBlobStore const again{folder.path()};
    EXPECT_EQ(
        tree_of(again.workshop()),
        (std::vector<std::string>{
            "busy-job/", "busy-job/mix/", "busy-job/mix/a.wav", "new-file", "new-link"})
    );
}

TEST_F(BlobStoreTest, PutsBackWhatACrashLeftAside) {
    auto const blob = blobs.publish(made("a", "half removed"));
    auto const aside = blobs.workshop() / ("aside-" + blob.digest);
    std::filesystem::rename(home_of(blob.digest), aside);
    LocalBlobStore const again{folder.path()};
    EXPECT_EQ(read_file(home_of(blob.digest)), "half removed");
    std::filesystem::copy_file(home_of(blob.digest), aside);
    LocalBlobStore const once_more{folder.path()};
    EXPECT_TRUE(tree_of(blobs.workshop()).empty());
}

TEST_F(BlobStoreTest, KeepsRoomFree) {
    struct statvfs status {};

    ASSERT_EQ(::statvfs(folder.path().c_str(), &status), 0);
    auto const available = static_cast<std::int64_t>(status.f_bavail * status.f_frsize);
    auto const whole = static_cast<std::int64_t>(status.f_blocks * status.f_frsize);
    // Others write to this disk meanwhile.
    std::int64_t const tolerance = std::int64_t{4} << 30U;
    LocalBlobStore const all{folder.path(), {.percent = 0, .bytes = 0}};
    LocalBlobStore const share{folder.path(), {.percent = 10, .bytes = 0}};
    LocalBlobStore const none{folder.path(), {.percent = 0, .bytes = available + whole}};
    EXPECT_NEAR(
        static_cast<double>(all.room_bytes()),
        static_cast<double>(available),
        static_cast<double>(tolerance)
    );
    EXPECT_NEAR(
        static_cast<double>(share.room_bytes()),
        static_cast<double>(std::max<std::int64_t>(available - whole / 10, 0)),
        static_cast<double>(tolerance)
    );
    EXPECT_EQ(none.room_bytes(), 0);
}

} // namespace

} // namespace stemlathe::test
