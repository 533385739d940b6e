#include "service/client/download.hpp"
#include "service/client/fetch.hpp"
#include "tests/service/client/fake_service.hpp"
#include "tests/service/client/fake_text.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

constexpr char const* kName = "masters/cd/Straße & Meer #1.wav";

class Download : public testing::Test {
  protected:
    void SetUp() override {
        for (std::size_t i = 0; i < 300'000; ++i) {
            content += std::to_string(i * i);
        }
        fake.set_outputs({{kName, content}});
        wish = {
            .path = "/v1/renders/rnd_1/files/masters/cd/Stra%C3%9Fe%20%26%20Meer%20%231.wav",
            .file = temp / "song.wav",
            .bytes = static_cast<std::int64_t>(content.size()),
            .sha256 = digest_of(content)};
    }

    void download() {
        service::Remote remote{fake.settings(), {}};
        service::download_file(remote, wish, [&](std::int64_t bytes) { got = bytes; });
    }

    void expect_nothing_is_there() {
        EXPECT_TRUE(tree_of(temp.path()).empty());
    }

    /// The service's own answer, cut off after so many bytes.
    FakeService::Fault cut(int times, std::size_t bytes) {
        auto left = std::make_shared<int>(times);
        return [=, this](FakeRequest const& request) -> std::optional<FakeReply> {
            if (request.path.find("/files/") == std::string::npos || (*left)-- <= 0) {
                return std::nullopt;
            }
            auto const range = request.field("range");
            auto const from = range.empty() ? 0 : number_in(range.substr(6, range.size() - 7));
            FakeReply reply{
                .fields = {{"ETag", "\"" + digest_of(content) + "\""}},
                .body = content.substr(from),
                .cut_after = bytes};
            if (!range.empty()) {
                reply.status = 206;
                reply.fields.emplace_back("Content-Range", "bytes " + std::to_string(from) + "-");
            }
            return reply;
        };
    }

    TempFolder const temp{};
    FakeService fake{};
    std::string content{};
    service::DownloadWish wish{};
    std::int64_t got = 0;
};

TEST_F(Download, FetchesAFile) {
    download();
    EXPECT_TRUE(read_file(wish.file) == content);
    EXPECT_EQ(got, wish.bytes);
    EXPECT_EQ(fake.count("GET "), 1);
}

TEST_F(Download, GoesOnWhereTheLinkWasCut) {
    fake.fail_before(cut(5, 100'001));
    download();
    EXPECT_TRUE(read_file(wish.file) == content);
    EXPECT_EQ(fake.count("GET "), 6);
}

TEST_F(Download, BeginsAnewWhereTheFileIsAnotherMeanwhile) {
    auto first_part = first(
        1,
        "GET ",
        {.fields = {{"ETag", "\"another\""}},
         .body = std::string(content.size(), 'x'),
         .cut_after = 5000}
    );
    fake.fail_before(first_part);
    download();
    EXPECT_TRUE(read_file(wish.file) == content);
}

TEST_F(Download, KeepsNothingWithAWrongDigest) {
    wish.sha256 = digest_of("something else");
    EXPECT_THROW(download(), Failure);
    expect_nothing_is_there();
}

TEST_F(Download, KeepsNothingOfAFileThatIsTooLong) {
    wish.bytes = 1000;
    EXPECT_THROW(download(), Failure);
    expect_nothing_is_there();
}

TEST_F(Download, RefusesAnotherPartThanItAskedFor) {
    fake.fail_before(cut(1, 1000));
    fake.fail_after(first(
        1, "GET ", {.status = 206, .fields = {{"Content-Range", "bytes 7-9/10"}}, .body = "abc"}
    ));
    EXPECT_THROW(download(), Failure);
    expect_nothing_is_there();
}

TEST_F(Download, LeavesTheOldFileWhereTheNewOneDoesNotCome) {
    write_file(wish.file, "old");
    fake.fail_before(first(99, "GET ", problem(403, "not-approved", "not yet")));
    EXPECT_THROW(download(), service::RemoteRefusal);
    EXPECT_EQ(read_file(wish.file), "old");
    EXPECT_EQ(tree_of(temp.path()).size(), 1U);
}

class Fetch : public Download {
  protected:
    service::Fetched fetch(boost::json::object const& render) {
        service::Remote remote{fake.settings(), {}};
        service::Steps steps{{}, 100.0};
        return service::fetch_render(remote, render, out, steps);
    }

    /// As the service shows it.
    boost::json::object finished() {
        service::Remote remote{fake.settings(), {}};
        remote.post("/v1/sessions", {}, "s");
        remote.post("/v1/sessions/ses_1/renders", {}, "r");
        static_cast<void>(remote.get("/v1/renders/rnd_1"));
        static_cast<void>(remote.get("/v1/renders/rnd_1"));
        return remote.get("/v1/renders/rnd_1");
    }

    std::filesystem::path const out = temp / "out";
};

TEST_F(Fetch, PutsEveryOutputUnderItsName) {
    fake.set_outputs({{kName, content}, {"manifest.json", "{}"}, {"report.html", "<p>"}});
    auto const fetched = fetch(finished());
    EXPECT_EQ(fetched.files.size(), 3U);
    EXPECT_EQ(fetched.files.back(), "manifest.json"); // stands for all others
    EXPECT_TRUE(read_file(out / kName) == content);
    EXPECT_EQ(read_file(out / "report.html"), "<p>");
}

TEST_F(Fetch, FetchesOnlyWhatIsMissingOrWrong) {
    fake.set_outputs({{kName, content}, {"manifest.json", "{}"}, {"report.html", "<p>"}});
    auto const render = finished();
    fetch(render);
    write_file(out / "report.html", "<q>"); // the same length
    int const before = fake.count("GET ");
    fetch(render);
    EXPECT_EQ(fake.count("GET ") - before, 1);
    EXPECT_EQ(read_file(out / "report.html"), "<p>");
}

TEST_F(Fetch, GetsTheReportsAloneBeforeTheApproval) {
    fake.set_outputs({{kName, content}, {"report.html", "<p>"}, {"report.json", "{}"}}, false);
    auto const fetched = fetch(finished());
    EXPECT_EQ(fetched.files.size(), 2U);
    EXPECT_EQ(fetched.withheld, std::vector<std::string>{kName});
    EXPECT_EQ(read_file(out / "report.json"), "{}");
    EXPECT_FALSE(std::filesystem::exists(out / "masters"));
}

TEST_F(Fetch, RefusesNamesThatLeadElsewhere) {
    for (std::string const name :
         {"../evil", "/etc/passwd", "masters/../../evil", "masters//x", ".hidden", "a\\b", ""}) {
        fake.set_outputs({{name, "x"}});
        EXPECT_THROW(fetch(finished()), Failure) << name;
        EXPECT_FALSE(std::filesystem::exists(out)) << name;
    }
}

} // namespace

} // namespace stemlathe::test
