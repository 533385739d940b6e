#include "service/agent/device_health.hpp"

#include <gtest/gtest.h>

namespace stemlathe::service {

namespace {

using std::chrono::minutes;

class DeviceHealthTest : public testing::Test {
  protected:
    DeviceHealth health{HealthRules{}};
    DeviceHealth::Clock::time_point const start{std::chrono::hours{1}};
};

TEST_F(DeviceHealthTest, ThreeFaultsOfTwoJobsWithinTenMinutesAreTooMany) {
    EXPECT_FALSE(health.note_fault("a", start));
    EXPECT_FALSE(health.note_fault("b", start + minutes{5}));
    EXPECT_FALSE(health.is_quarantined(start + minutes{5}));
    EXPECT_TRUE(health.note_fault("a", start + minutes{10}));
    EXPECT_TRUE(health.is_quarantined(start + minutes{69}));
    EXPECT_FALSE(health.is_quarantined(start + minutes{70}));
}

TEST_F(DeviceHealthTest, OneJobAloneIsToBlameItself) {
    for (int fault = 0; fault < 5; ++fault) {
        EXPECT_FALSE(health.note_fault("a", start + minutes{fault}));
    }
    EXPECT_TRUE(health.note_fault("b", start + minutes{5}));
}

TEST_F(DeviceHealthTest, FaultsOfLongAgoDoNotCount) {
    EXPECT_FALSE(health.note_fault("a", start));
    EXPECT_FALSE(health.note_fault("b", start + minutes{6}));
    EXPECT_FALSE(health.note_fault("c", start + minutes{12}));
    EXPECT_TRUE(health.note_fault("d", start + minutes{16}));
}

TEST_F(DeviceHealthTest, OnTrialOneFaultIsEnoughAndOneJobDoneClears) {
    for (auto const* const job : {"a", "b", "c"}) {
        static_cast<void>(health.note_fault(job, start));
    }
    ASSERT_TRUE(health.is_quarantined(start));
    EXPECT_TRUE(health.note_fault("d", start + minutes{61}));
    ASSERT_FALSE(health.is_quarantined(start + minutes{122}));
    health.note_success();
    EXPECT_FALSE(health.note_fault("e", start + minutes{123}));
}

} // namespace

} // namespace stemlathe::service
