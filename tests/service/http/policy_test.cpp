#include "service/http/policy.hpp"
#include "service/http/request_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace stemlathe::service {

namespace {

HttpLimits const kLimits{};

std::variant<HeadFacts, Refusal>
checked(std::string const& head, std::vector<std::string> const& hosts = {}) {
    auto const search = find_head(head, 0);
    EXPECT_EQ(search.state, HeadSearch::State::complete);
    EXPECT_EQ(search.end, head.size());
    return check_head(head, kLimits, hosts);
}

int status_of(std::variant<HeadFacts, Refusal> const& verdict) {
    auto const* const refusal = std::get_if<Refusal>(&verdict);
    return refusal != nullptr ? refusal->kind.status : 200;
}

TEST(HttpPolicy, ReadsWhatFramesARequest) {
    std::string const head =
        "PATCH /v1/uploads/upl_1?x=1 HTTP/1.1\r\nHost: a:8080\r\nContent-Length: 000000000012345"
        "\r\nExpect: 100-Continue\r\nConnection: keep-alive\r\nX-Empty:\r\n\r\n";
    auto const facts = std::get<HeadFacts>(checked(head));
    EXPECT_EQ(facts.method, Method::patch);
    EXPECT_EQ(facts.target, "/v1/uploads/upl_1?x=1");
    EXPECT_EQ(facts.body_bytes, 12'345);
    EXPECT_EQ(facts.fields, 5U);
    EXPECT_TRUE(facts.expects_continue);
    EXPECT_TRUE(facts.keeps_alive);
}

TEST(HttpPolicy, EndsConnectionsThatAskForItOrAreOld) {
    for (std::string const value : {"close", "Close", "te, close", "close , te"}) {
        auto const head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: " + value + "\r\n\r\n";
        EXPECT_FALSE(std::get<HeadFacts>(checked(head)).keeps_alive) << value;
    }
    auto const old = std::get<HeadFacts>(
        checked("GET / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n")
    );
    EXPECT_FALSE(old.keeps_alive);
    EXPECT_FALSE(old.expects_continue);
    auto const other = "GET / HTTP/1.1\r\nHost: a\r\nConnection: disclose\r\n\r\n";
    EXPECT_TRUE(std::get<HeadFacts>(checked(other)).keeps_alive);
}

TEST(HttpPolicy, FindsTheEndOfAHeadHoweverItIsCutIntoPieces) {
    std::string const head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    std::string const bytes = head + "body\n\n";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        HeadSearch search;
        std::size_t come = 0;
        while (search.state == HeadSearch::State::incomplete && come < bytes.size()) {
            come = std::min(come + step, bytes.size());
            search = find_head(std::string_view{bytes}.substr(0, come), search.end);
        }
        EXPECT_EQ(search.state, HeadSearch::State::complete) << step;
        EXPECT_EQ(search.end, head.size()) << step;
    }
}

TEST(HttpPolicy, AnswersToItsOwnNamesAndToAddresses) {
    std::vector<std::string> const hosts{"Lathe.example", "localhost"};
    auto const status = [&](std::string const& host) {
        return status_of(checked("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", hosts));
    };
    for (auto const* const host :
         {"lathe.example",
          "LATHE.example:443",
          "localhost:8080",
          "192.168.1.7",
          "127.0.0.1:8080",
          "[::1]",
          "[2001:db8::1]:8080"}) {
        EXPECT_EQ(status(host), 200) << host;
    }
    for (auto const* const host : {"evil.example", "lathe.example.evil", "1.2.3", "256.1.1.1"}) {
        EXPECT_EQ(status(host), 421) << host;
    }
    for (auto const* const host :
         {"lathe.example:",
          "lathe.example:port",
          "lathe.example:123456",
          "[::1",
          "[::1]8080",
          "[127.0.0.1]",
          "::1",
          "la_the",
          "a b"}) {
        EXPECT_EQ(status(host), 400) << host;
    }
}

TEST(HttpPolicy, CountsFieldsAndBytes) {
    std::string fields;
    for (std::size_t i = 1; i < kLimits.fields_max; ++i) {
        fields += "X: y\r\n";
    }
    EXPECT_EQ(status_of(checked("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")), 200);
    EXPECT_EQ(status_of(checked("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n" + fields + "\r\n")), 431);
    auto const target = [](std::size_t bytes) {
        return "GET /" + std::string(bytes - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    EXPECT_EQ(status_of(checked(target(kLimits.target_bytes_max))), 200);
    EXPECT_EQ(status_of(checked(target(kLimits.target_bytes_max + 1))), 414);
}

TEST(HttpPolicy, RefusesASecondFieldOnlyWhereItWouldBeDangerous) {
    std::string const twice = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (auto const* const name :
         {"Authorization", "cookie", "RANGE", "Content-Type", "Idempotency-Key", "Upload-Offset"}) {
        auto const field = std::string{name} + ": x\r\n";
        EXPECT_EQ(status_of(checked(twice + field + "\r\n")), 200) << name;
        EXPECT_EQ(status_of(checked(twice + field + field + "\r\n")), 400) << name;
    }
    auto const head = twice + "Accept: a\r\nACCEPT: b\r\n\r\n";
    auto const facts = std::get<HeadFacts>(checked(head));
    auto const fields = read_fields(head, facts);
    ASSERT_TRUE(fields);
    EXPECT_EQ(fields->at("accept"), "a, b");
}

TEST(HttpPolicy, ServesNoHeadThatTheSecondReaderSeesDifferently) {
    std::string const head = "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
    auto const facts = std::get<HeadFacts>(checked(head));
    EXPECT_TRUE(read_fields(head, facts));
    for (auto const& change : std::vector<void (*)(HeadFacts&)>{
             [](HeadFacts& other) { other.method = Method::put; },
             [](HeadFacts& other) { other.target = "/b"; },
             [](HeadFacts& other) { other.body_bytes = 4; },
             [](HeadFacts& other) {
                 ++other.fields;
             }}) {
        auto other = facts;
        change(other);
        EXPECT_FALSE(read_fields(head, other));
    }
}

} // namespace

} // namespace stemlathe::service
