// What share links show of a session.

#include "tests/service/api/test_api.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace stemlathe::test {
namespace {

class ShareLinks : public ApiTest {
  protected:
    std::string song = api.song(api.client);
    std::string place = "/v1/sessions/" + song;

    void say(std::string const& body) {
        EXPECT_EQ(
            api.send(service::Method::post, api.client, place + "/comments", body).status, 201
        );
    }
};

/// A report tells how the house made a revision: it goes with the files.
TEST_F(ShareLinks, ALinkGetsTheReportWithTheFiles) {
    auto const render = api.revision(api.client, song, "1");
    auto const report = "/v1/renders/" + render + "/report";
    EXPECT_EQ(
        api.get(api.link(api.client, song, R"(["listen","comment","approve"])"), report).problem(),
        "forbidden"
    );
    auto const downloads = api.link(api.client, song, R"(["download"])");
    EXPECT_EQ(api.get(downloads, report).problem(), "not-approved");
    EXPECT_EQ(
        api.post(api.client, place + "/approvals", fmt::format(R"({{"render":"{}"}})", render))
            .status,
        201
    );
    EXPECT_EQ(api.get(downloads, report).status, 200);
}

TEST_F(ShareLinks, ALinkForOneRevisionTellsOfNoOtherOnItsPageAndLists) {
    auto const first = api.revision(api.client, song, "1");
    say(fmt::format(R"({{"text":"of one","render":"{}"}})", first));
    EXPECT_EQ(api.post(api.client, place + "/rounds").status, 201);
    auto const second = api.revision(api.client, song, "2");
    say(fmt::format(R"({{"text":"of two","render":"{}"}})", second));
    EXPECT_EQ(
        api.post(api.client, place + "/approvals", fmt::format(R"({{"render":"{}"}})", second))
            .status,
        201
    );
    auto const link =
        api.link(api.client, song, R"(["listen"])", fmt::format(R"(,"render":"{}")", first));
    auto const page = api.get("", "/r/" + link).body;
    EXPECT_NE(page.find("of one"), std::string::npos);
    EXPECT_EQ(page.find("of two"), std::string::npos);
    EXPECT_TRUE(api.get(link, place + "/approvals").items().empty());
    EXPECT_TRUE(api.get(link, place + "/rounds").items().empty());
}

} // namespace
} // namespace stemlathe::test
