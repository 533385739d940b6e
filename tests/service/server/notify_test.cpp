// What a service manager is told, at both kinds of socket that systemd names.

#include "service/server/notify.hpp"
#include "tests/service/notify_socket.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace stemlathe::test {

namespace {

class Notify : public testing::Test {
  protected:
    void TearDown() override {
        ::unsetenv("NOTIFY_SOCKET");
    }

    static void tell(std::string const& socket_name, std::string const& state) {
        ::setenv("NOTIFY_SOCKET", socket_name.c_str(), 1);
        service::notify_service_manager(state);
    }

    TempFolder temp_{};
};

TEST_F(Notify, ReachesASocketInAFolder) {
    NotifySocket manager{(temp_.path() / "notify").string()};
    tell(manager.name(), "READY=1");
    tell(manager.name(), "STATUS=a\nSTOPPING=1");
    EXPECT_EQ(manager.receive(), "READY=1");
    EXPECT_EQ(manager.receive(), "STATUS=a\nSTOPPING=1");
}

TEST_F(Notify, ReachesAnAbstractSocket) {
    NotifySocket manager{"@stemlathe-notify-test-" + std::to_string(::getpid())};
    tell(manager.name(), "READY=1");
    EXPECT_EQ(manager.receive(), "READY=1");
}

TEST_F(Notify, SaysWhyItCannotTell) {
    auto const nobody = (temp_.path() / "nobody").string();
    testing::internal::CaptureStderr();
    tell(nobody, "READY=1");
    auto const said = testing::internal::GetCapturedStderr();
    EXPECT_NE(said.find(nobody), std::string::npos) << said;
    EXPECT_NE(said.find("No such file"), std::string::npos) << said;
    testing::internal::CaptureStderr();
    tell(std::string(200, 'x'), "READY=1");
    auto const too_long = testing::internal::GetCapturedStderr();
    EXPECT_NE(too_long.find("too long"), std::string::npos) << too_long;
}

TEST_F(Notify, IsSilentWhereNobodyAsked) {
    testing::internal::CaptureStderr();
    service::notify_service_manager("READY=1");
    tell("", "READY=1");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

} // namespace

} // namespace stemlathe::test
