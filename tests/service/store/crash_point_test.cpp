#include "kernels/base/failure.hpp"
#include "service/store/crash_point.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <set>
#include <string>

namespace stemlathe::service {

namespace {

TEST(CrashPoint, HasANameForEachSite) {
    std::set<std::string_view> names;
    std::size_t index = 0;
    for (auto const site : crash_sites()) {
        EXPECT_EQ(
            static_cast<std::size_t>(site), index++
        ); // in the enumeration's order, none left out
        names.insert(name_of(site));
    }
    EXPECT_EQ(names.size(), crash_sites().size());
    EXPECT_EQ(crash_sites().back(), CrashSite::webhook_after_note);
}

TEST(CrashPoint, RefusesASiteThatDoesNotExist) {
    for (auto const* wrong :
         {"nowhere:1", "commit_before", "commit_before:0", "commit_before:x", ":1"}) {
        try {
            arm_crash_point(wrong);
            ADD_FAILURE() << wrong;
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), Code::invalid_argument);
            EXPECT_NE(std::string{failure.what()}.find(wrong), std::string::npos);
        }
    }
    arm_crash_point("");
}

TEST(CrashPointDeathTest, EndsTheProcessTheNthTimeAndNoSooner) {
    EXPECT_EXIT(
        {
            arm_crash_point("commit_after:2");
            crash_point(CrashSite::commit_after);
            crash_point(CrashSite::commit_before);
            std::fputs("still here", stderr);
            crash_point(CrashSite::commit_after);
            std::fputs("too late", stderr);
        },
        ::testing::ExitedWithCode(kCrashStatus),
        "still here$"
    );
}

TEST(CrashPoint, StopsTheProcessUntilItIsToGoOn) {
    auto const child = ::fork();
    if (child == 0) {
        arm_stop_point("commit_after:1");
        crash_point(CrashSite::commit_before);
        crash_point(CrashSite::commit_after);
        crash_point(CrashSite::commit_after); // it has stopped, and does so once
        ::_exit(3);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
    EXPECT_TRUE(WIFSTOPPED(status));
    ::kill(child, SIGCONT);
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 3);
}

} // namespace

} // namespace stemlathe::service
