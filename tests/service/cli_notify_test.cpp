// `serve` under a service manager: it says when it listens and when it begins to stop.

#include "tests/service/notify_socket.hpp"
#include "tests/service/program.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace stemlathe::test {

namespace {

TEST(ServeCommand, TellsItsServiceManagerWhenItListensAndWhenItStops) {
    TempFolder const temp;
    NotifySocket const manager{(temp.path() / "notify").string()};
    Program serve{
        {"serve", "--data", (temp.path() / "data").string(), "--listen", "127.0.0.1:0"}, [&] {
            ::setenv("NOTIFY_SOCKET", manager.name().c_str(), 1);
        }};
    EXPECT_EQ(manager.receive(), "READY=1");
    serve.send(SIGTERM);
    EXPECT_EQ(manager.receive(), "STOPPING=1");
    auto const end = serve.outcome();
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_NE(end.out.find("listening on http://127.0.0.1:"), std::string::npos) << end.out;
}

} // namespace

} // namespace stemlathe::test
