#include "service/client/remote.hpp"
#include "tests/service/client/fake_service.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

using service::Remote;

TEST(Remote, RepeatsUntilItIsAnswered) {
    FakeService fake;
    fake.fail_before(first(3, "POST /v1/sessions", {.status = 503}));
    Remote remote{fake.settings(), {}};
    EXPECT_EQ(remote.post("/v1/sessions", {{"title", "Song"}}, "key").at("id"), "ses_1");
    EXPECT_EQ(fake.count("POST "), 4);
}

TEST(Remote, DoesOnceWhatItRepeats) {
    FakeService fake;
    fake.fail_after(first(2, "POST /v1/sessions", {.is_lost = true}));
    Remote remote{fake.settings(), {}};
    remote.post("/v1/sessions", {{"title", "Song"}}, "key");
    EXPECT_EQ(fake.count("POST "), 3);
    EXPECT_EQ(fake.sessions().size(), 1U);
}

TEST(Remote, WaitsAsLongAsTheServerSays) {
    FakeService fake;
    fake.fail_before(
        first(1, "POST /v1/sessions", {.status = 429, .fields = {{"Retry-After", "1"}}})
    );
    auto settings = fake.settings();
    std::string notice;
    settings.notice = [&](std::string const& sentence) {
        notice = sentence;
    };
    Remote remote{settings, {}};
    remote.post("/v1/sessions", {}, "key");
    EXPECT_NE(notice.find("trying again in 1.0 s"), std::string::npos) << notice;
}

TEST(Remote, GivesUpInASentence) {
    FakeService fake;
    auto settings = fake.settings();
    settings.retry.give_up = std::chrono::milliseconds{30};
    fake.fail_before([](auto const&) { return FakeReply{.status = 500}; });
    Remote remote{settings, {}};
    EXPECT_TRUE(fails_with(Code::storage_failed, "given up", [&] {
        static_cast<void>(remote.get("/v1/sessions/ses_1"));
    }));
}

TEST(Remote, SaysThatNobodyAnswers) {
    std::string address;
    {
        FakeService fake;
        address = fake.address();
    }
    Remote remote{{.server = address, .retry = {.give_up = std::chrono::milliseconds{0}}}, {}};
    EXPECT_TRUE(fails_with(Code::storage_failed, "does not answer", [&] {
        static_cast<void>(remote.get("/v1/sessions/ses_1"));
    }));
}

TEST(Remote, SaysThatTheTokenIsWrong) {
    FakeService fake;
    auto settings = fake.settings();
    settings.token = "slk_test_bad";
    Remote remote{settings, {}};
    EXPECT_TRUE(fails_with(Code::invalid_argument, "does not take the token", [&] {
        static_cast<void>(remote.get("/v1/sessions/ses_1"));
    }));
}

TEST(Remote, NamesWhatIsWrongWithADocument) {
    FakeService fake;
    auto reply = problem(422, "invalid-document", "one value is wrong");
    reply.body.insert(1, R"("errors":[{"pointer":"/isrc","message":"must be an ISRC"}],)");
    fake.fail_before(first(1, "POST ", reply));
    Remote remote{fake.settings(), {}};
    EXPECT_TRUE(fails_with(Code::invalid_argument, "/isrc: must be an ISRC", [&] {
        remote.post("/v1/sessions", {}, "key");
    }));
}

TEST(Remote, SaysThatTheServerIsAnother) {
    FakeService fake;
    fake.fail_before(first(1, "GET ", {.body = "<html>Welcome to nginx</html>"}));
    Remote remote{fake.settings(), {}};
    EXPECT_TRUE(fails_with(Code::storage_failed, "--server", [&] {
        static_cast<void>(remote.get("/v1/sessions/ses_1"));
    }));
}

TEST(Remote, FollowsNoRedirection) {
    FakeService other;
    FakeService fake;
    fake.fail_before(first(
        1, "GET ", {.status = 307, .fields = {{"Location", other.address() + "/v1/sessions/x"}}}
    ));
    Remote remote{fake.settings(), {}};
    EXPECT_THROW(static_cast<void>(remote.get("/v1/sessions/ses_1")), Failure);
    EXPECT_EQ(other.count("GET "), 0); // a token is for one server
}

TEST(Remote, ReadsAllPagesOfAList) {
    FakeService fake;
    fake.fail_before([](FakeRequest const& request) -> std::optional<FakeReply> {
        bool const is_second = request.query.find("after=b") != std::string::npos;
        return FakeReply{
            .body = is_second ? R"({"items":[{"id":"c"}],"next":null})"
                              : R"({"items":[{"id":"a"},{"id":"b"}],"next":"b"})"};
    });
    Remote remote{fake.settings(), {}};
    auto const items = remote.list("/v1/sessions");
    ASSERT_EQ(items.size(), 3U);
    EXPECT_EQ(items[2].at("id"), "c");
}

TEST(Remote, StopsWhileItWaits) {
    FakeService fake;
    fake.fail_before(first(99, "GET ", {.status = 503, .fields = {{"Retry-After", "600"}}}));
    std::stop_source stop;
    auto settings = fake.settings();
    settings.notice = [&](std::string const&) {
        stop.request_stop();
    };
    Remote remote{settings, stop.get_token()};
    EXPECT_TRUE(fails_with(Code::cancelled, "stopped on request", [&] {
        static_cast<void>(remote.get("/v1/sessions/ses_1"));
    }));
}

TEST(Remote, RefusesWhatIsNoAddress) {
    for (std::string const address :
         {"", "mastering.example", "ftp://x", "http://", "http://a b"}) {
        EXPECT_TRUE(fails_with(Code::invalid_argument, "--server", [&] {
            Remote const remote{{.server = address}, {}};
        })) << address;
    }
}

} // namespace

} // namespace stemlathe::test
