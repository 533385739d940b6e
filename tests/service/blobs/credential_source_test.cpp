// When lent keys are renewed. How they are asked for: tests/service/web/bucket_roles.test.mjs.

#include "service/blobs/blob_source.hpp"
#include "service/blobs/s3/credential_source.hpp"

#include <gtest/gtest.h>

#include <string>

namespace stemlathe::test {

namespace {

using service::CredentialSource;
using service::LentCredentials;
using service::StoreUnavailable;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class LentKeys : public testing::Test {
  protected:
    std::string key() {
        return source_.current().key_id;
    }

    bool is_broken_ = false;
    int lent_ = 0;
    std::chrono::sys_seconds now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 27}};
    CredentialSource source_{
        [this] {
            if (is_broken_) {
                throw StoreUnavailable{"nobody is there"};
            }
            return LentCredentials{
                .credentials =
                    {.key_id = std::to_string(++lent_), .secret = "s", .session_token = "t"},
                .expires = now_ + hours{1}};
        },
        [this] {
            return now_;
        }};
};

TEST_F(LentKeys, AreRenewedFiveMinutesBeforeTheirEnd) {
    EXPECT_EQ(key(), "1");
    now_ += minutes{54};
    EXPECT_EQ(key(), "1");
    now_ += minutes{1};
    EXPECT_EQ(key(), "2");
    EXPECT_EQ(key(), "2");
}

TEST_F(LentKeys, ServeToTheirEndWhereNobodyRenewsThem) {
    EXPECT_EQ(key(), "1");
    is_broken_ = true;
    now_ += minutes{56};
    EXPECT_EQ(key(), "1");
    is_broken_ = false;
    now_ += seconds{20};
    EXPECT_EQ(key(), "1") << "the lender is asked every thirty seconds";
    now_ += seconds{10};
    EXPECT_EQ(key(), "2");
    is_broken_ = true;
    now_ += hours{1};
    EXPECT_THROW(key(), StoreUnavailable);
    is_broken_ = false;
    EXPECT_EQ(key(), "3");
}

TEST_F(LentKeys, AreReplacedWhereTheBucketSaysThatTheyHaveEnded) {
    EXPECT_EQ(key(), "1");
    EXPECT_TRUE(source_.forget("1"));
    EXPECT_EQ(key(), "2");
    EXPECT_TRUE(source_.forget("1")) << "of a request that was sent before";
    EXPECT_EQ(key(), "2");
}

} // namespace

} // namespace stemlathe::test
