// The store against a bucket that speaks S3: tests/service/web/s3.test.mjs starts one, with a judge
// before it that signs every request once more, and runs these tests.

#include "formats/atomic_file.hpp"
#include "kernels/base/failure.hpp"
#include "service/blobs/s3/s3_blob_store.hpp"
#include "service/blobs/s3/sha256.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

namespace stemlathe::test {

namespace {

using service::Blob;
using service::S3BlobStore;
using service::S3Bucket;

constexpr std::chrono::hours kDay{24};
constexpr std::chrono::hours kHalfADay{12};
constexpr std::chrono::seconds kWhatever{-2}; // older than that is everything

std::string key_of(Blob const& blob) {
    return "cas/" + blob.digest.substr(0, 2) + "/" + blob.digest.substr(2, 2) + "/" + blob.digest;
}

std::string digest_of(std::string const& text) {
    return service::hexadecimal(service::sha256(text));
}

std::string text_of(int descriptor) {
    std::string text(static_cast<std::size_t>(::lseek(descriptor, 0, SEEK_END)), '\0');
    EXPECT_EQ(::pread(descriptor, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    return text;
}

/// Not the same bytes at any two places.
std::string noise(std::size_t bytes, unsigned seed) {
    std::string text(bytes, '\0');
    for (auto& letter : text) {
        seed = seed * 1'664'525U + 1'013'904'223U;
        letter = static_cast<char>(seed >> 24U);
    }
    return text;
}

class S3Store : public testing::Test {
  protected:
    void SetUp() override {
        char const* const endpoint = std::getenv("STEMLATHE_S3");
        if (endpoint == nullptr) {
            GTEST_SKIP() << "there is no bucket; tests/service/web/s3.test.mjs starts one";
        }
        write_text(
            temp_.path() / "keys", "aws_access_key_id=S3RVER\naws_secret_access_key=S3RVER\n"
        );
        auto const* const test = testing::UnitTest::GetInstance()->current_test_info();
        // A prefix that must be encoded.
        settings_ = service::s3_place(
            std::string{"s3://masters/house \xC3\xBC+/"} + test->name(), "blobs.url"
        );
        settings_.endpoint = endpoint;
        settings_.credentials = temp_.path() / "keys";
        settings_.pause = std::chrono::milliseconds{1};
        bucket_.emplace(settings_);
        store_.emplace(temp_.path() / "one", settings_);
    }

    void TearDown() override {
        if (bucket_) {
            tell("/__judge/calm");
        }
    }

    std::filesystem::path file_with(std::string const& text) {
        auto path = store_->workshop() / "new";
        write_text(path, text);
        return path;
    }

    Blob publish(std::string const& text) {
        return store_->publish(file_with(text));
    }

    /// The judge before the bucket: faults, and dates that it lies about.
    void tell(std::string const& what) {
        service::HttpClient client{{}, std::chrono::seconds{10}};
        service::HttpCall call;
        call.method = "POST";
        call.url = settings_.endpoint + what;
        call.body = "";
        EXPECT_EQ(client.send(call).status, 200) << what;
    }

    void age(Blob const& blob, std::chrono::hours by, std::string const& kind = "cas") {
        tell("/__judge/age/" + kind + "/" + blob.digest + "/" + std::to_string(by.count()));
    }

    TempFolder temp_{};
    service::S3Settings settings_{};
    std::optional<S3Bucket> bucket_{};
    std::optional<S3BlobStore> store_{};
};

TEST_F(S3Store, GivesAnotherMachineWhatWasPublished) {
    for (auto const& text : {std::string{}, std::string{"a"}, noise(300'000, 1)}) {
        auto const blob = publish(text);
        EXPECT_EQ(blob.digest, digest_of(text));
        EXPECT_EQ(blob.bytes, static_cast<std::int64_t>(text.size()));
        EXPECT_EQ(text_of(*store_->open(blob.digest, blob.bytes)), text);
        S3BlobStore const other{temp_.path() / "two", settings_};
        EXPECT_EQ(text_of(*other.open(blob.digest, blob.bytes)), text);
        other.place(blob.digest, other.workshop() / "placed");
        EXPECT_EQ(read_file(other.workshop() / "placed"), text);
        std::filesystem::remove(other.workshop() / "placed");
    }
    EXPECT_TRUE(std::filesystem::is_empty(store_->workshop()));
}

TEST_F(S3Store, SendsLargeFilesInParts) {
    settings_.part_bytes = std::int64_t{5} << 20U; // Amazon's smallest
    S3BlobStore store{temp_.path() / "parts", settings_};
    auto const text = noise((std::size_t{17} << 20U) + 12'345, 2); // also more than one window back
    auto const file = store.workshop() / "large";
    write_text(file, text);
    auto const blob = store.publish(file);
    EXPECT_EQ(bucket_->find(key_of(blob))->bytes, blob.bytes);
    S3BlobStore const other{temp_.path() / "two", settings_};
    EXPECT_EQ(digest_of(text_of(*other.open(blob.digest, blob.bytes))), blob.digest);
    // Once more, by who does not know: it stays one.
    write_text(file, text);
    EXPECT_EQ(store.publish(file).digest, blob.digest);
}

TEST_F(S3Store, SurvivesABucketThatFailsEveryThirdTime) {
    for (auto const* fault : {"busy", "cut", "lost"}) {
        tell(std::string{"/__judge/fault/"} + fault + "/3");
        for (unsigned i = 0; i < 6; ++i) {
            auto const text = fault + noise(1000, i);
            auto const blob = publish(text);
            S3BlobStore const other{temp_.path() / (fault + std::to_string(i)), settings_};
            EXPECT_EQ(text_of(*other.open(blob.digest, blob.bytes)), text) << fault;
        }
    }
}

TEST_F(S3Store, PutsPartsTogetherOverABadLine) {
    settings_.part_bytes = std::int64_t{5} << 20U;
    S3BlobStore store{temp_.path() / "parts", settings_};
    for (auto const* fault : {"busy", "cut", "lost"}) {
        tell(std::string{"/__judge/fault/"} + fault + "/2"); // begin, two parts, end: each meets it
        auto const text = noise(std::size_t{6} << 20U, static_cast<unsigned>(fault[0]));
        auto const file = store.workshop() / "large";
        write_text(file, text);
        auto const blob = store.publish(file);
        S3BlobStore const other{temp_.path() / fault, settings_};
        EXPECT_EQ(digest_of(text_of(*other.open(blob.digest, blob.bytes))), digest_of(text));
    }
}

TEST_F(S3Store, NeverGivesDamagedBytes) {
    auto const blob = publish("whole");
    bucket_->put(key_of(blob), "bad..", false);
    S3BlobStore const other{temp_.path() / "two", settings_};
    try {
        static_cast<void>(other.open(blob.digest, blob.bytes));
        FAIL() << "damaged bytes were given";
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::storage_failed);
        EXPECT_NE(std::string{failure.what()}.find("another SHA-256"), std::string::npos);
    }
    bucket_->put(key_of(blob), "short", false);
    EXPECT_THROW(static_cast<void>(other.open(blob.digest, 6)), Failure);
    EXPECT_TRUE(std::filesystem::is_empty(other.workshop()));
    // One of a wrong size is replaced by the next who has it.
    bucket_->put(key_of(blob), "longer than it was", false);
    publish("whole");
    EXPECT_EQ(text_of(*other.open(blob.digest, blob.bytes)), "whole");
}

TEST_F(S3Store, SaysWhatIsNotThere) {
    S3BlobStore const other{temp_.path() / "two", settings_};
    auto const digest = digest_of("nothing of the kind");
    for (auto const& look : std::initializer_list<std::function<void()>>{
             [&] { static_cast<void>(other.open(digest, 5)); },
             [&] {
                 other.place(digest, other.workshop() / "a");
             }}) {
        try {
            look();
            FAIL() << "something was there";
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), Code::not_found);
        }
    }
}

TEST_F(S3Store, RemovesWhatIsOldAndKeepsWhatIsYoung) {
    auto const blob = publish("a");
    EXPECT_FALSE(store_->remove(blob.digest, kDay));
    EXPECT_TRUE(bucket_->find(key_of(blob)));
    age(blob, kDay);
    EXPECT_TRUE(store_->remove(blob.digest, kDay));
    EXPECT_FALSE(bucket_->find(key_of(blob)));
    EXPECT_THROW(static_cast<void>(store_->open(blob.digest, 1)), Failure);
    EXPECT_TRUE(store_->remove(blob.digest, kDay)); // gone is gone
    EXPECT_TRUE(bucket_->list("removing/").empty());
}

TEST_F(S3Store, DatesABlobThatIsPublishedAgain) {
    auto const blob = publish("a");
    age(blob, kDay);
    EXPECT_EQ(store_->older_than(kHalfADay), std::vector<std::string>{blob.digest});
    publish("a");
    EXPECT_TRUE(store_->older_than(kHalfADay).empty());
    EXPECT_FALSE(store_->remove(blob.digest, kDay));
}

/// A removal has looked and is about to remove when the same bytes are published.
TEST_F(S3Store, IsThereAfterARemovalAtTheSameMoment) {
    Blob const blob{.digest = digest_of("contested"), .bytes = 9, .crc32 = 0};
    auto const mark = "removing/" + blob.digest;
    bucket_->put(mark, "", false);
    auto const file = file_with("contested");
    std::jthread publisher{[&] {
        static_cast<void>(store_->publish(file));
    }};
    while (!bucket_->find(key_of(blob))) {
    }
    bucket_->erase(key_of(blob)); // what the removal does
    bucket_->erase(mark);
    publisher.join();
    EXPECT_TRUE(bucket_->find(key_of(blob)));
    EXPECT_TRUE(bucket_->list("removing/").empty());
}

TEST_F(S3Store, GoesOnAfterARemovalThatDied) {
    Blob const blob{.digest = digest_of("left"), .bytes = 4, .crc32 = 0};
    bucket_->put("removing/" + blob.digest, "", false);
    age(blob, std::chrono::hours{1}, "removing");
    publish("left");
    EXPECT_TRUE(bucket_->find(key_of(blob)));
    EXPECT_TRUE(bucket_->list("removing/").empty());
}

TEST_F(S3Store, ListsMoreThanAPage) {
    settings_.page_keys = 10;
    S3Bucket paged{settings_};
    for (unsigned i = 0; i < 25; ++i) {
        paged.put("cas/many/" + std::to_string(i), "", false);
    }
    auto const listed = paged.list("cas/many/");
    EXPECT_EQ(listed.size(), 25U);
    EXPECT_TRUE(std::ranges::any_of(listed, [](auto const& it) { return it.key == "cas/many/7"; }));
    EXPECT_TRUE(store_->older_than(kWhatever).empty()); // none of them is a blob
    auto const blob = publish("a");
    EXPECT_EQ(store_->older_than(kWhatever), std::vector<std::string>{blob.digest});
}

TEST_F(S3Store, LeavesTheFileWhereTheBucketRefusesIt) {
    write_text(temp_.path() / "keys", "aws_access_key_id=S3RVER\naws_secret_access_key=hush\n");
    auto const file = file_with("mine");
    try {
        static_cast<void>(store_->publish(file));
        FAIL() << "a wrong secret was good enough";
    } catch (Failure const& failure) {
        std::string const sentence = failure.what();
        EXPECT_NE(sentence.find("403"), std::string::npos) << sentence;
        EXPECT_EQ(sentence.find("hush"), std::string::npos) << sentence;
    }
    EXPECT_EQ(read_file(file), "mine");
}

TEST_F(S3Store, HasOneNameHoweverManyGiveIt) {
    EXPECT_EQ(store_->installation(), "");
    EXPECT_EQ(store_->name_installation("fls_1"), "fls_1");
    S3BlobStore other{temp_.path() / "two", settings_};
    EXPECT_EQ(other.name_installation("fls_2"), "fls_1");
    EXPECT_EQ(other.installation(), "fls_1");
}

} // namespace

} // namespace stemlathe::test
