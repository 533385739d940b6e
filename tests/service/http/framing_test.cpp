#include "tests/service/http/framing_probes.hpp"
#include "tests/service/http/http_fixture.hpp"

#include <atomic>
#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

class HttpFraming : public RoadFixture {
  protected:
    void expect_refused(std::vector<Probe> const& probes) {
        std::atomic<int> executed{0};
        application.on("/second", [&](service::Request const&) {
            ++executed;
            return service::Response{};
        });
        say_hello_at("/first");
        start();
        for (auto const& probe : probes) {
            auto attacker = client();
            attacker.send(probe.bytes + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
            auto const response = attacker.response();
            EXPECT_EQ(response.status, probe.status) << probe.name;
            EXPECT_EQ(response.field("connection"), "close") << probe.name;
            EXPECT_EQ(attacker.rest(), "") << probe.name;
            EXPECT_TRUE(attacker.has_ended()) << probe.name;
        }
        EXPECT_EQ(application.admitted(), 0);
        EXPECT_EQ(client().get("/second").status, 200); // the probe's second request is a sound one
        EXPECT_EQ(executed, 1);
    }
};

TEST_P(HttpFraming, RefusesEveryTransferCodingAndUpgrade) {
    expect_refused(transfer_probes());
}

TEST_P(HttpFraming, RefusesLengthsThatAreNoPlainNumber) {
    expect_refused(length_probes());
}

TEST_P(HttpFraming, RefusesLinesThatTwoReadersCouldEndDifferently) {
    expect_refused(line_probes());
}

TEST_P(HttpFraming, RefusesHostsTargetsAndExpectationsThatAreNotPlain) {
    expect_refused(target_probes());
}

/// A body that looks like a request is a body, and one that is refused is not read as a request.
TEST_P(HttpFraming, ExecutesNoRequestInsideABody) {
    application.echo("/echo", 1'000);
    std::atomic<int> executed{0};
    application.on("/second", [&](service::Request const&) {
        ++executed;
        return service::Response{};
    });
    start();
    std::string const inner = "GET /second HTTP/1.1\r\nHost: a\r\n\r\n";
    auto const length = "Content-Length: " + std::to_string(inner.size());
    for (std::string const path : {"/echo", "/takes-none"}) {
        auto attacker = client();
        attacker.send("POST " + path + " HTTP/1.1\r\nHost: a\r\n" + length + "\r\n\r\n" + inner);
        auto const response = attacker.response();
        EXPECT_EQ(response.status, path == "/echo" ? 200 : 400);
        if (path == "/echo") {
            EXPECT_EQ(response.body, inner);
        } else {
            EXPECT_EQ(attacker.rest(), "");
        }
    }
    EXPECT_EQ(executed, 0);
}

STEMLATHE_ON_BOTH_ROADS(HttpFraming);

} // namespace

} // namespace stemlathe::test
