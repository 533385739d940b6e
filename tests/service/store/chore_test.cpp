#include "service/store/chore.hpp"
#include "tests/service/store/test_database.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

template <typename Store>
class Chore : public ::testing::Test {
  protected:
    Store store{};
};

TYPED_TEST_SUITE(Chore, Databases, DatabaseNames);

TYPED_TEST(Chore, IsTakenByWhoComesFirstWhenItIsDue) {
    auto& database = this->store.database();
    EXPECT_TRUE(service::take_chore(database, "garbage", 1'000));
    EXPECT_FALSE(service::take_chore(database, "garbage", 1'000));
    EXPECT_TRUE(service::take_chore(database, "another", 5'000));
    this->store.advance(999);
    EXPECT_FALSE(service::take_chore(database, "garbage", 1'000));
    this->store.advance(1);
    EXPECT_TRUE(service::take_chore(database, "garbage", 1'000));
    EXPECT_FALSE(service::take_chore(database, "garbage", 1'000));
    EXPECT_FALSE(service::take_chore(database, "another", 5'000));
}

} // namespace

} // namespace stemlathe::test
