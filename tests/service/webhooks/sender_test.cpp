// What goes out to a receiver, and where nothing goes.

#include "service/webhooks/sender.hpp"
#include "tests/service/client/fake_server.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace stemlathe::test {
namespace {

using service::Attempted;
using service::Posted;
using service::Sender;
using service::TargetRules;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TargetRules kInside{.allow_http = true, .allow_private = true};

class SenderTest : public ::testing::Test {
  protected:
    static std::vector<Posted> finish(Sender& sender) {
        std::vector<Posted> all;
        while (sender.running() > 0) {
            for (auto& one : sender.run(milliseconds{100})) {
                all.push_back(std::move(one));
            }
        }
        return all;
    }

    Attempted post(
        std::string const& url,
        TargetRules const& rules = kInside,
        milliseconds timeout = seconds{10}
    ) {
        Sender sender{rules, timeout};
        sender.begin({.id = "msg_1", .url = url, .fields = {{"webhook-id", "msg_1"}}, .body = "{}"}
        );
        auto const all = finish(sender);
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? Attempted{} : all.front().attempted;
    }

    std::size_t count() {
        std::scoped_lock const lock{mutex};
        return seen.size();
    }

    FakeReply answer{};
    std::chrono::milliseconds pause{0};
    std::mutex mutex{};
    std::vector<FakeRequest> seen{};
    FakeServer receiver{[this](FakeRequest const& request) {
        ::poll(nullptr, 0, static_cast<int>(pause.count()));
        std::scoped_lock const lock{mutex};
        seen.push_back(request);
        return answer;
    }};
    std::string port = receiver.address().substr(receiver.address().rfind(':') + 1);
};

TEST_F(SenderTest, PostsBodyAndFields) {
    EXPECT_EQ(post(receiver.address() + "/hooks?key=1").status, 200);
    ASSERT_EQ(count(), 1U);
    EXPECT_EQ(seen[0].method, "POST");
    EXPECT_EQ(seen[0].path, "/hooks");
    EXPECT_EQ(seen[0].query, "key=1");
    EXPECT_EQ(seen[0].body, "{}");
    EXPECT_EQ(seen[0].field("webhook-id"), "msg_1");
    EXPECT_EQ(seen[0].field("expect"), "");
    EXPECT_TRUE(seen[0].field("user-agent").starts_with("stemlathe/"));
}

TEST_F(SenderTest, TellsWhatTheReceiverAnswered) {
    for (int const status : {201, 204}) {
        answer.status = status;
        EXPECT_EQ(post(receiver.address()).status, status);
        EXPECT_EQ(post(receiver.address()).error, "");
    }
    for (int const status : {400, 410, 500, 503}) {
        answer.status = status;
        EXPECT_EQ(post(receiver.address()).status, status);
        EXPECT_EQ(
            post(receiver.address()).error, "the receiver answered " + std::to_string(status)
        );
    }
}

TEST_F(SenderTest, ConnectsToNoAddressThatIsNotPublicWhateverItsNameSays) {
    TargetRules const strict{.allow_http = true};
    for (auto const& host :
         {"127.0.0.1", "127.1", "localhost", "LOCALHOST", "anything.localhost"}) {
        auto const attempted = post("http://" + std::string{host} + ":" + port + "/", strict);
        EXPECT_EQ(attempted.status, 0) << host;
        EXPECT_NE(attempted.error.find("loopback"), std::string::npos) << host << attempted.error;
    }
    EXPECT_EQ(count(), 0U);
    EXPECT_EQ(post("http://localhost:" + port + "/").status, 200);
    EXPECT_EQ(count(), 1U) << "where the house allows it, it is there";
}

TEST_F(SenderTest, AsksNoProxyOfTheEnvironmentToConnectForIt) {
    ::setenv("http_proxy", receiver.address().c_str(), 1);
    auto const attempted = post("http://no.such.host.invalid/"); // a proxy would look it up
    ::unsetenv("http_proxy");
    EXPECT_EQ(attempted.status, 0);
    EXPECT_EQ(count(), 0U);
}

TEST_F(SenderTest, SpeaksNoHttpWhereTheHouseDoesNotAllowIt) {
    auto const attempted = post(receiver.address(), TargetRules{.allow_private = true});
    EXPECT_EQ(attempted.status, 0);
    EXPECT_NE(attempted.error, "");
    EXPECT_EQ(count(), 0U);
}

TEST_F(SenderTest, FollowsNoRedirection) {
    FakeServer elsewhere{[this](FakeRequest const& request) {
        std::scoped_lock const lock{mutex};
        seen.push_back(request);
        return FakeReply{};
    }};
    answer = {.status = 307, .fields = {{"Location", elsewhere.address() + "/other"}}};
    auto const attempted = post(receiver.address());
    EXPECT_EQ(attempted.status, 307);
    EXPECT_NE(attempted.error.find("redirections are not followed"), std::string::npos);
    EXPECT_EQ(count(), 1U);
}

TEST_F(SenderTest, ReadsNoMoreThan64KiBOfAnAnswer) {
    answer.body = std::string(1U << 20U, 'x');
    answer.cut_after = 200U << 10U; // whoever reads on meets a broken link
    auto const attempted = post(receiver.address());
    EXPECT_EQ(attempted.status, 200) << "it has arrived: " << attempted.error;
    EXPECT_EQ(attempted.error, "");
    answer.cut_after = 60U << 10U;
    EXPECT_EQ(post(receiver.address()).status, 0) << "a short answer must be whole";
}

TEST_F(SenderTest, WaitsForASlowReceiverSoLongAndNoLonger) {
    pause = milliseconds{700};
    auto const attempted = post(receiver.address(), kInside, milliseconds{200});
    EXPECT_EQ(attempted.status, 0);
    EXPECT_EQ(attempted.error, "no whole answer came within 200 ms");
}

TEST_F(SenderTest, TellsOfWhoIsNotThere) {
    EXPECT_NE(post("http://no.such.host.invalid/").error, "");
    answer.is_lost = true;
    EXPECT_NE(post(receiver.address()).error.find("no answer came"), std::string::npos);
}

TEST_F(SenderTest, SendsManyAtOnceAndIsWokenFromWaiting) {
    Sender sender{kInside, seconds{10}};
    for (int i = 0; i < 20; ++i) {
        sender.begin({.id = std::to_string(i), .url = receiver.address(), .body = "{}"});
    }
    EXPECT_EQ(sender.running(), 20U);
    EXPECT_EQ(finish(sender).size(), 20U);
    EXPECT_EQ(count(), 20U);
    std::jthread const waker{[&] {
        ::poll(nullptr, 0, 50);
        sender.wake();
    }};
    EXPECT_TRUE(sender.run(std::chrono::hours{1}).empty()); // or ctest's patience ends first
}

} // namespace
} // namespace stemlathe::test
