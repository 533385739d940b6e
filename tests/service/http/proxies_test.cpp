#include "tests/service/http/framing_probes.hpp"
#include "tests/service/http/http_fixture.hpp"
#include "tests/service/http/proxy.hpp"

#include <mutex>
#include <set>

/// The probes once more, with nginx and haproxy in between: a request that the proxy did not see,
/// or saw otherwise than the service, must not be executed.
namespace stemlathe::test {

namespace {

constexpr char const* kAttacker = "127.0.0.66";
constexpr char const* kOther = "127.0.0.77";

class Proxies : public HttpFixture, public testing::WithParamInterface<char const*> {
  protected:
    void SetUp() override {
        if (!Proxy::is_installed(GetParam())) {
            GTEST_SKIP() << GetParam() << " is not installed on this machine";
        }
        // Each request that the proxy has forwarded names the client's address, and a smuggled one
        // would come from the proxy itself.
        settings.trusted_proxies = {"127.0.0.1"};
        for (auto const* path : {"/first", "/second", "/fi", "/a", "/"}) {
            application.on(path, [this](service::Request const& request) {
                note(request);
                return service::Response{.body = std::string{"hello"}};
            });
        }
        application.on("/mine", [this](service::Request const& request) {
            note(request);
            return service::Response{.body = request.query_value("n").value_or("")};
        });
        start();
        proxy.emplace(GetParam(), server->port());
    }

    void note(service::Request const& request) {
        std::lock_guard const lock{mutex};
        peers.insert(request.peer);
    }

    /// Whoever shares the proxy's connections with an attacker gets his own answers.
    void expect_own_answer(RawClient& other, int number) {
        auto const text = std::to_string(number);
        auto const answer = other.get("/mine?n=" + text);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, text);
    }

    void expect_nothing_smuggled(std::vector<Probe> const& probes) {
        int number = 0;
        RawClient other{proxy->port(), kOther};
        for (auto const& probe : probes) {
            SCOPED_TRACE(probe.name);
            RawClient attacker{proxy->port(), kAttacker};
            attacker.send(probe.bytes + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
            attacker.finish_sending();
            static_cast<void>(attacker.response());
            expect_own_answer(other, ++number);
            expect_own_answer(other, ++number);
        }
        std::lock_guard const lock{mutex};
        EXPECT_TRUE(peers.contains(kOther));
        for (auto const& peer : peers) {
            EXPECT_TRUE(peer == kAttacker || peer == kOther) << "a request came from " << peer;
        }
    }

    std::optional<Proxy> proxy{};
    std::mutex mutex{};
    std::set<std::string> peers{};
};

TEST_P(Proxies, SmuggleNothingByTransferCodings) {
    expect_nothing_smuggled(transfer_probes());
}

TEST_P(Proxies, SmuggleNothingByLengths) {
    expect_nothing_smuggled(length_probes());
}

TEST_P(Proxies, SmuggleNothingByLines) {
    expect_nothing_smuggled(line_probes());
}

TEST_P(Proxies, SmuggleNothingByTargetsAndHosts) {
    expect_nothing_smuggled(target_probes());
}

/// The test would see it: a request that comes past the proxy is known by its address.
TEST_P(Proxies, TellWhereARequestComesFrom) {
    RawClient through{proxy->port(), kOther};
    EXPECT_EQ(through.get("/first").status, 200);
    through.send("GET /first HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n");
    EXPECT_EQ(through.response().status, 200);
    EXPECT_EQ(peers, std::set<std::string>{kOther}) << "a client made up an address";
    EXPECT_EQ(client().get("/first").status, 200);
    EXPECT_TRUE(peers.contains("127.0.0.1"));
}

INSTANTIATE_TEST_SUITE_P(
    Each,
    Proxies,
    testing::Values("nginx", "haproxy"),
    [](auto const& proxy_info) { return std::string{proxy_info.param}; }
);

} // namespace

} // namespace stemlathe::test
