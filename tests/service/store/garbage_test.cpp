#include "kernels/base/failure.hpp"
#include "service/blobs/blob_rows.hpp"
#include "service/blobs/garbage.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

namespace stemlathe::service {

namespace {

using test::add_tenant;
using test::DatabaseNames;
using test::Databases;
using test::TempFolder;
using test::write_file;

constexpr std::int64_t kDay_ms = 86'400'000;

/// A store between whose moves somebody else has his turn.
class Interrupted : public LocalBlobStore {
  public:
    using LocalBlobStore::LocalBlobStore;

    bool remove(std::string const& digest, std::chrono::milliseconds grace) override {
        if (before_removal) {
            std::exchange(before_removal, nullptr)();
        }
        return LocalBlobStore::remove(digest, grace);
    }

    std::function<void()> before_removal{};
};

template <typename Store>
class Garbage : public ::testing::Test {
  protected:
    Garbage() {
        add_tenant(database, "anna");
        database.query("INSERT INTO session(id, tenant, state, details, created, updated)"
                       " VALUES('ses_1', 'anna', 'draft', '{}', 0, 0)");
    }

    Blob published(std::string const& text) {
        write_file(blobs.workshop() / "file", text);
        return blobs.publish(blobs.workshop() / "file");
    }

    Blob noted(std::string const& text) {
        auto blob = published(text);
        Transaction transaction{database};
        note_blob(database, blob);
        transaction.commit();
        return blob;
    }

    std::int64_t collect() {
        return collect_garbage([&](auto const& work) { work(database); }, blobs, {});
    }

    std::int64_t remove_unknown() {
        return remove_unknown_blobs([&](auto const& work) { work(database); }, blobs, {});
    }

    void add_stem(std::string const& id, std::string const& digest) {
        database.query(
            "INSERT INTO stem(id, tenant, session, kind, filename, digest, bytes, state, created)"
            " VALUES($1, 'anna', 'ses_1', 'stem', 'a.wav', $2, 1, 'ready', 0)",
            {id, digest}
        );
    }

    /// Two days pass: for the database's clock, and for the dates of the files.
    void let_time_pass() {
        store.advance(2 * kDay_ms);
        for (auto const& entry : std::filesystem::recursive_directory_iterator{folder / "cas"}) {
            std::filesystem::last_write_time(
                entry.path(), std::filesystem::file_time_type::clock::now() - std::chrono::hours{48}
            );
        }
    }

    bool is_there(Blob const& blob) {
        try {
            static_cast<void>(blobs.open(blob.digest, blob.bytes));
            return true;
        } catch (Failure const&) {
            return false;
        }
    }

    Store store;
    Database& database = store.database();
    TempFolder folder;
    Interrupted blobs{folder.path()};
};

TYPED_TEST_SUITE(Garbage, Databases, DatabaseNames);

TYPED_TEST(Garbage, IsWhatNothingRefersToForADay) {
    auto const stem = this->noted("a stem");
    auto const spare = this->noted("spare");
    this->add_stem("stm_1", stem.digest);
    EXPECT_EQ(this->collect(), 0);
    this->let_time_pass();
    auto const fresh = this->noted("fresh");
    EXPECT_EQ(this->collect(), 1);
    EXPECT_EQ(this->collect(), 0);
    EXPECT_TRUE(this->is_there(stem));
    EXPECT_FALSE(this->is_there(spare));
    EXPECT_TRUE(this->is_there(fresh));
    EXPECT_FALSE(find_blob(this->database, spare.digest));
    EXPECT_EQ(find_blob(this->database, stem.digest)->crc32, stem.crc32);
}

TYPED_TEST(Garbage, IsADeletedStemAfterThirtyDays) {
    auto const stem = this->noted("a stem");
    this->add_stem("stm_1", stem.digest);
    this->database.query("UPDATE stem SET deleted = now_ms()");
    this->let_time_pass();
    EXPECT_EQ(this->collect(), 0);
    this->store.advance(29 * kDay_ms);
    EXPECT_EQ(this->collect(), 1);
    EXPECT_FALSE(this->is_there(stem));
}

TYPED_TEST(Garbage, IsNotWhatAnUploadOrAResultRefersTo) {
    auto const upload = this->noted("an upload");
    this->database.query(
        "INSERT INTO upload(id, tenant, state, kind, metadata, bytes, digest, created, expires, "
        "boot)"
        " VALUES('upl_1', 'anna', 'complete', 'whole', '', 1, $1, 0, 0, '')",
        {upload.digest}
    );
    auto const result = this->noted("a result");
    this->database.query(
        "INSERT INTO job(id, tenant, subject, kind, class, state, spec, spec_digest, vstart,"
        " vfinish, cost, created) VALUES('job_1', 'anna', 's', 'render', 'normal',"
        " 'succeeded', '', '', 0, 0, 0, 0)"
    );
    this->database.query(
        "INSERT INTO output(job, name, digest, bytes, fence) VALUES('job_1', 'a', $1, 1, 1)",
        {result.digest}
    );
    this->let_time_pass();
    EXPECT_EQ(this->collect(), 0);
    this->database.query("UPDATE upload SET state = 'expired'");
    EXPECT_EQ(this->collect(), 1);
    EXPECT_FALSE(this->is_there(upload));
    EXPECT_TRUE(this->is_there(result));
}

TYPED_TEST(Garbage, IsNotWhatIsPublishedAgainInTheLastMoment) {
    auto const blob = this->noted("again");
    this->let_time_pass();
    this->blobs.before_removal = [&] { // it is marked already
        EXPECT_FALSE(find_blob(this->database, blob.digest));
        EXPECT_EQ(this->noted("again").digest, blob.digest);
    };
    EXPECT_EQ(this->collect(), 0);
    EXPECT_TRUE(this->is_there(blob));
    EXPECT_TRUE(find_blob(this->database, blob.digest));
}

TYPED_TEST(Garbage, IsNotWhatIsPublishedAgainButNotYetNoted) {
    auto const blob = this->noted("again");
    this->let_time_pass();
    this->blobs.before_removal = [&] {
        EXPECT_EQ(this->published("again").digest, blob.digest);
    };
    EXPECT_EQ(this->collect(), 0);
    EXPECT_TRUE(this->is_there(blob));
    Transaction transaction{this->database};
    EXPECT_TRUE(keep_blob(this->database, blob.digest));
}

TYPED_TEST(Garbage, CannotBeTakenUpAgainWithoutPublishing) {
    auto const blob = this->noted("marked");
    this->let_time_pass();
    this->blobs.before_removal = [&] {
        Transaction transaction{this->database};
        EXPECT_FALSE(keep_blob(this->database, blob.digest));
    };
    EXPECT_EQ(this->collect(), 1);
}

TYPED_TEST(Garbage, IsKeptByWhoeverTakesItUpInTime) {
    auto const blob = this->noted("kept");
    this->let_time_pass();
    {
        Transaction transaction{this->database};
        EXPECT_TRUE(keep_blob(this->database, blob.digest));
        transaction.commit();
    }
    EXPECT_EQ(this->collect(), 0);
    EXPECT_TRUE(this->is_there(blob));
}

TYPED_TEST(Garbage, IsAFileThatTheDatabaseDoesNotKnow) {
    auto const known = this->noted("known");
    auto const orphan = this->published("orphan");
    EXPECT_EQ(this->remove_unknown(), 0);
    this->let_time_pass();
    EXPECT_EQ(this->remove_unknown(), 1);
    EXPECT_TRUE(this->is_there(known));
    EXPECT_FALSE(this->is_there(orphan));
}

} // namespace

} // namespace stemlathe::service
