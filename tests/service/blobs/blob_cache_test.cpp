// Copies of what lies in a bucket: bounded, in the order of their use, and nothing of before a
// boot.

#include "formats/atomic_file.hpp"
#include "service/blobs/s3/blob_cache.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace stemlathe::test {

namespace {

using service::BlobCache;

class Cache : public testing::Test {
  protected:
    void put(BlobCache& cache, std::string const& name, std::size_t bytes) {
        auto const file = temp_.path() / "new";
        write_text(file, std::string(bytes, name.front()));
        cache.take_in(file, name, static_cast<std::int64_t>(bytes));
        EXPECT_FALSE(std::filesystem::exists(file));
    }

    static bool has(BlobCache& cache, std::string const& name, std::int64_t bytes) {
        return cache.open(name, bytes) != nullptr;
    }

    TempFolder temp_{};
    std::filesystem::path folder_ = temp_.path() / "cache";
};

TEST_F(Cache, LetsGoOfWhatWasNotUsedForLongest) {
    BlobCache cache{folder_, 250};
    put(cache, "a", 100);
    put(cache, "b", 100);
    EXPECT_TRUE(has(cache, "a", 100));
    put(cache, "c", 100);
    EXPECT_TRUE(has(cache, "a", 100));
    EXPECT_FALSE(has(cache, "b", 100));
    EXPECT_TRUE(has(cache, "c", 100));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "b"));
}

TEST_F(Cache, KeepsWhatIsLargerThanItself) {
    BlobCache cache{folder_, 250};
    put(cache, "a", 100);
    put(cache, "b", 1000);
    EXPECT_FALSE(has(cache, "a", 100));
    EXPECT_TRUE(has(cache, "b", 1000));
}

TEST_F(Cache, LeavesOpenedFilesToTheirReaders) {
    BlobCache cache{folder_, 100};
    put(cache, "a", 100);
    auto const reader = cache.open("a", 100);
    put(cache, "b", 100);
    ASSERT_FALSE(has(cache, "a", 100));
    char letter = 0;
    ASSERT_EQ(::pread(*reader, &letter, 1, 99), 1);
    EXPECT_EQ(letter, 'a');
}

TEST_F(Cache, IsTakenUpByTheNextProcess) {
    {
        BlobCache cache{folder_, 1000};
        put(cache, "a", 100);
        put(cache, "b", 100);
    }
    BlobCache smaller{folder_, 100};
    EXPECT_NE(has(smaller, "a", 100), has(smaller, "b", 100));
}

TEST_F(Cache, IsEmptyAfterTheMachineWasStarted) {
    {
        BlobCache cache{folder_, 1000};
        put(cache, "a", 100);
    }
    write_text(folder_ / "boot", "another boot\n");
    BlobCache cache{folder_, 1000};
    EXPECT_FALSE(has(cache, "a", 100));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "a"));
}

TEST_F(Cache, HasNothingUnderAWrongSizeAndNothingThatSomebodyTookAway) {
    BlobCache cache{folder_, 1000};
    put(cache, "a", 100);
    EXPECT_FALSE(has(cache, "a", 99));
    put(cache, "b", 100);
    std::filesystem::remove(folder_ / "b");
    EXPECT_FALSE(has(cache, "b", 100));
    put(cache, "c", 100);
    cache.drop("c");
    EXPECT_FALSE(has(cache, "c", 100));
}

} // namespace

} // namespace stemlathe::test
