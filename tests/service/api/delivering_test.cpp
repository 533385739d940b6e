// Files of a revision, its approval, and the archive that it unlocks.

#include "tests/service/api/test_api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <cstdlib>

namespace stemlathe::test {
namespace {

namespace json = boost::json;

class Delivering : public ApiTest {
  protected:
    std::string song = api.song(api.client);
    std::string place = "/v1/sessions/" + song;
    std::string render = api.revision(api.client, song, "one");
    std::string at = "/v1/renders/" + render;

    Answer approve(std::string_view token, std::string const& more = "") {
        return api.post(
            token, place + "/approvals", fmt::format(R"({{"render":"{}"{}}})", render, more)
        );
    }

    Answer deliver(std::string const& more = "") {
        return api.post(
            api.client, place + "/deliveries", fmt::format(R"({{"render":"{}"{}}})", render, more)
        );
    }
};

TEST_F(Delivering, AReportComesAsTheClientWantsIt) {
    EXPECT_EQ(api.get(api.client, at + "/report").text("mark"), "one");
    auto const page = api.get(api.client, at + "/report", {{"accept", "text/html"}});
    EXPECT_EQ(page.field("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.field("vary"), "Accept");
    EXPECT_NE(page.field("content-security-policy").find("default-src 'none'"), std::string::npos);
    auto const sheets = api.get(api.client, at + "/report", {{"accept", "application/pdf"}});
    EXPECT_EQ(sheets.status, 200);
    EXPECT_EQ(sheets.field("content-type"), "application/pdf");
    EXPECT_TRUE(sheets.body.starts_with("%PDF-"));
    EXPECT_EQ(
        api.get(api.client, at + "/report", {{"accept", "image/png"}}).problem(), "not-acceptable"
    );
    auto const waiting = api.order(api.client, song);
    EXPECT_EQ(api.get(api.client, "/v1/renders/" + waiting + "/report").status, 404);
}

TEST_F(Delivering, MediaIsSentWholeAndInRanges) {
    auto const whole = api.get(api.client, at + "/media");
    EXPECT_EQ(whole.body, "audio to listen to one");
    EXPECT_EQ(whole.field("content-type"), "audio/flac");
    EXPECT_EQ(whole.field("accept-ranges"), "bytes");
    EXPECT_TRUE(whole.field("repr-digest").starts_with("sha-256=:"));
    auto const part = api.get(api.client, at + "/media", {{"range", "bytes=9-10"}});
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, "li");
    EXPECT_EQ(part.field("content-range"), "bytes 9-10/22");
    auto const outside = api.get(api.client, at + "/media", {{"range", "bytes=22-"}});
    EXPECT_EQ(outside.problem(), "range-not-satisfiable");
    EXPECT_EQ(outside.field("content-range"), "bytes */22");
    auto const etag = whole.field("etag");
    EXPECT_EQ(api.get(api.client, at + "/media", {{"if-none-match", etag}}).status, 304);
    EXPECT_EQ(
        api.get(api.client, at + "/media", {{"range", "bytes=9-"}, {"if-range", etag}}).status, 206
    );
    EXPECT_EQ(
        api.get(api.client, at + "/media", {{"range", "bytes=9-"}, {"if-range", "\"x\""}}).status,
        200
    );
}

TEST_F(Delivering, PeaksAreAsManyAsAreWanted) {
    auto const peaks = [&](std::string const& px) {
        return api.get(api.client, at + "/peaks?px=" + px);
    };
    EXPECT_EQ(json::serialize(peaks("2").json().at("low")), "[-1,-2.5E-1]");
    EXPECT_EQ(json::serialize(peaks("2").json().at("high")), "[5E-1,1]");
    EXPECT_EQ(peaks("4000").json().at("low").as_array().size(), 4U);
    for (auto const* px : {"0", "4001", "x", "1.5", ""}) {
        EXPECT_EQ(peaks(px).problem(), "bad-request") << px;
    }
}

TEST_F(Delivering, FilesAreReleasedByApprovalAlone) {
    auto const file = at + "/files/masters/cd/Song.wav";
    EXPECT_EQ(api.get(api.client, file).problem(), "not-approved");
    EXPECT_TRUE(api.get(api.client, at).json().at("outputs").at(0).at("url").is_null());
    EXPECT_EQ(api.get(api.owner, file).status, 200); // the house may always
    EXPECT_EQ(deliver().problem(), "not-approved");
    ASSERT_EQ(approve(api.client).status, 201);
    auto const sent = api.get(api.client, file);
    EXPECT_EQ(sent.body, "cd master, a longer one one");
    EXPECT_NE(sent.field("content-disposition").find("Song.wav"), std::string::npos);
    EXPECT_EQ(api.get(api.client, at + "/files/masters/cd/None.wav").status, 404);
    EXPECT_EQ(api.get(api.client, at + "/files/review/listen.flac").status, 404);
    EXPECT_EQ(api.get(api.client, at + "/files/../../etc/passwd").status, 404);
    auto const shown = api.get(api.client, at).json();
    for (auto const& output : shown.at("outputs").as_array()) {
        EXPECT_EQ(
            api.get(api.client, std::string{output.at("url").as_string().c_str()}).status, 200
        );
    }
    auto const link = api.link(api.client, song, R"(["download"])");
    EXPECT_EQ(api.get(link, file).status, 200);
}

TEST_F(Delivering, AnApprovalNamesTheVeryBytes) {
    auto const outputs = api.get(api.client, at).json().at("outputs").as_array();
    json::object digests;
    for (auto const& output : outputs) {
        if (output.at("name").as_string().starts_with("masters/")) {
            digests[output.at("name").as_string()] = output.at("sha256");
        }
    }
    ASSERT_EQ(digests.size(), 2U);
    auto wrong = digests;
    wrong["masters/cd/Song.wav"] = std::string(64, '0');
    EXPECT_EQ(approve(api.client, R"(,"digests":)" + json::serialize(wrong)).problem(), "conflict");
    auto const made =
        approve(api.client, R"(,"note":"Love it","digests":)" + json::serialize(digests));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.json().at("digests").as_object(), digests);
    EXPECT_EQ(made.text("actor"), "client");
    EXPECT_EQ(approve(api.client).problem(), "conflict");
    EXPECT_EQ(api.get(api.client, place).text("state"), "approved");
    EXPECT_EQ(api.get(api.client, at).text("approval"), made.text("id"));
}

TEST_F(Delivering, OnlyAFinishedRevisionIsApprovedAndNoPreview) {
    render = api.order(api.client, song);
    EXPECT_EQ(approve(api.client).problem(), "conflict");
    api.finish_job("two");
    render = api.order(api.client, song, R"({"class":"preview"})");
    api.finish_job("three");
    EXPECT_EQ(approve(api.client).problem(), "conflict");
    render = "rnd_none";
    EXPECT_EQ(approve(api.client).status, 404);
}

TEST_F(Delivering, AWithdrawnApprovalTakesItsDeliveryWithIt) {
    auto const approval = approve(api.client).text("id");
    auto const delivery = deliver();
    ASSERT_EQ(delivery.status, 201) << delivery.body;
    auto const archive = delivery.text("url");
    EXPECT_EQ(api.get(api.client, archive).status, 200);
    EXPECT_EQ(api.get(api.client, place).text("state"), "delivered");
    auto const withdraw = place + "/approvals/" + approval + ":withdraw";
    EXPECT_EQ(api.send(service::Method::post, api.client, withdraw).status, 200);
    EXPECT_EQ(api.send(service::Method::post, api.client, withdraw).problem(), "conflict");
    EXPECT_EQ(api.get(api.client, place).text("state"), "in_review");
    EXPECT_EQ(api.get(api.client, archive).problem(), "not-approved");
    EXPECT_EQ(api.get(api.client, at + "/files/masters/cd/Song.wav").problem(), "not-approved");
    EXPECT_EQ(approve(api.client).status, 201);
    EXPECT_EQ(api.get(api.client, archive).problem(), "not-approved"); // it was of the first
    EXPECT_EQ(api.get(api.client, place + "/approvals").items().size(), 2U);
}

TEST_F(Delivering, ADeliveryHoldsTheWantedProfiles) {
    approve(api.client);
    auto const some = deliver(R"(,"profiles":["cd"])");
    ASSERT_EQ(some.status, 201) << some.body;
    ASSERT_EQ(some.json().at("files").as_array().size(), 1U);
    EXPECT_EQ(some.json().at("files").at(0).at("name").as_string(), "cd/Song.wav");
    EXPECT_EQ(deliver(R"(,"profiles":["vinyl"])").problem(), "invalid-document");
    EXPECT_EQ(api.get(api.client, place + "/deliveries").items().size(), 1U);
    EXPECT_EQ(api.get(api.client, some.field("location")).body, some.body);
}

/// What a shell says of a command. @returns its exit status
int run(std::string const& command) {
    return std::system((command + " > /dev/null 2>&1").c_str());
}

TEST_F(Delivering, TheArchiveIsOneThatOthersRead) {
    approve(api.client);
    auto const archive = api.get(api.client, deliver().text("url"));
    EXPECT_EQ(archive.field("content-type"), "application/zip");
    EXPECT_NE(archive.field("content-disposition").find("Song.zip"), std::string::npos);
    TempFolder const folder;
    write_file(folder / "song.zip", archive.body);
    auto const in = "cd '" + folder.path().string() + "' && ";
    if (run("unzip -v") == 0) {
        EXPECT_EQ(run(in + "unzip -tqq song.zip"), 0);
        EXPECT_EQ(run(in + "unzip -qq song.zip && sha256sum -c MANIFEST.sha256"), 0);
        EXPECT_EQ(read_file(folder / "cd/Song.wav"), "cd master, a longer one one");
        write_file(folder / "cd/Song.wav", "tampered");
        EXPECT_NE(run(in + "sha256sum -c MANIFEST.sha256"), 0);
    } else {
        GTEST_SKIP() << "there is no unzip here to judge the archive";
    }
}

TEST_F(Delivering, ABrokenDownloadGoesOnWithTheSameBytes) {
    approve(api.client);
    auto const url = deliver().text("url");
    auto const whole = api.get(api.client, url);
    for (std::size_t cut = 1; cut < whole.body.size(); cut += 7) {
        auto const rest = api.get(
            api.client,
            url,
            {{"range", fmt::format("bytes={}-", cut)}, {"if-range", whole.field("etag")}}
        );
        ASSERT_EQ(rest.status, 206);
        ASSERT_EQ(whole.body.substr(0, cut) + rest.body, whole.body) << cut;
    }
    auto const size = whole.body.size();
    EXPECT_EQ(
        api.get(api.client, url, {{"range", fmt::format("bytes={}-", size)}}).problem(),
        "range-not-satisfiable"
    );
    auto const link = api.link(api.client, song, R"(["download"])");
    EXPECT_EQ(api.get(link, url).body, whole.body);
}

} // namespace
} // namespace stemlathe::test
