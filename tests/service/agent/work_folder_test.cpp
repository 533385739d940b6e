#include "service/agent/retry_class.hpp"
#include "service/agent/work_folder.hpp"
#include "tests/service/agent/work_site.hpp"
#include "tests/support/files.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

class WorkFolders : public testing::Test {
  protected:
    WorkFolders() {
        write_file(temp / "a", "bytes");
        digest = site.keep(temp / "a");
    }

    [[nodiscard]] boost::json::object
    file(std::string const& name, std::string const& kind = "stem") const {
        return {
            {"filename", name},
            {"digest", digest},
            {"kind", kind},
            {"role", nullptr},
            {"priority", 0},
            {"offset_s", 0.0}};
    }

    [[nodiscard]] static service::Lease lease(boost::json::array const& files) {
        boost::json::object const spec{
            {"session", "ses_1"},
            {"details", boost::json::object{}},
            {"files", files},
            {"comments", boost::json::array{}},
            {"plan", nullptr},
            {"deliveries", {"cd"}},
            {"from_s", 1.5},
            {"to_s", nullptr},
            {"apply_comments", true},
            {"review", false}};
        return {.job = "job_1", .kind = "render", .spec = boost::json::serialize(spec), .fence = 7};
    }

    TempFolder const temp{};
    WorkSite site{temp.path()};
    std::string digest{};
};

TEST_F(WorkFolders, HoldWhatTheSpecNamesAndAreGoneAfterwards) {
    {
        service::WorkFolder const folder{
            site.blobs(),
            lease({file("01_Drums.wav"), file("Mix.wav", "reference_mix"), file("x", "reference")}
            )};
        auto const& order = folder.order();
        EXPECT_EQ(order.folder, site.blobs().workshop() / "job_1.7" / "session");
        EXPECT_EQ(read_file(order.folder / "01_Drums.wav"), "bytes");
        EXPECT_EQ(
            tree_of(order.folder),
            (std::vector<std::string>{
                "01_Drums.wav", "Mix.wav", "references/", "references/x", "session.toml"})
        );
        EXPECT_EQ(order.deliveries, std::vector<std::string>{"cd"});
        EXPECT_EQ(order.from_s, 1.5);
        EXPECT_EQ(order.to_s, std::nullopt);
        EXPECT_TRUE(order.apply_comments);
        EXPECT_FALSE(folder.wants_review());
        EXPECT_EQ(order.plan, "null");
    }
    EXPECT_EQ(site.work_folders(), 0U);
}

TEST_F(WorkFolders, RefuseNamesThatLeadElsewhereOrMeanSomethingElse) {
    for (std::string const name :
         {"../a.wav",
          "/etc/passwd",
          "a/b.wav",
          "..",
          ".",
          "",
          ".hidden.wav",
          "a\nb.wav",
          "a\\b.wav",
          "a\x7f.wav",
          "\u202egpj.wav",
          "session.toml",
          "Session.TOML",
          "comments.txt",
          "references"}) {
        EXPECT_TRUE(fails_with(Code::invalid_session, "name", [&] {
            service::WorkFolder const folder{site.blobs(), lease({file(name)})};
        })) << name;
    }
    EXPECT_TRUE(fails_with(Code::invalid_session, "name", [&] {
        service::WorkFolder const folder{site.blobs(), lease({file(std::string(201, 'a'))})};
    }));
    EXPECT_EQ(site.work_folders(), 0U) << "a folder that failed stays";
    EXPECT_FALSE(std::filesystem::exists(site.blobs().workshop() / "a.wav"));
}

TEST_F(WorkFolders, RefuseTwoFilesOfOneName) {
    EXPECT_TRUE(fails_with(Code::invalid_session, "two files", [&] {
        service::WorkFolder const folder{site.blobs(), lease({file("a.wav"), file("a.wav")})};
    }));
}

TEST_F(WorkFolders, SayWhichFileIsNotThere) {
    auto missing = file("a.wav");
    missing["digest"] = std::string(64, '0');
    auto const failure = failure_of([&] {
        service::WorkFolder const folder{site.blobs(), lease({missing})};
    });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code(), Code::not_found);
}

TEST_F(WorkFolders, AreSweptUnlessALeaseStands) {
    auto const& workshop = site.blobs().workshop();
    write_file(workshop / "job_1.7" / "session" / "a.wav", "x");
    write_file(workshop / "job_2.1" / "session" / "a.wav", "x");
    write_file(workshop / "upload.tmp", "x");
    service::sweep_work_folders(workshop, [](std::string const& job, std::int64_t fence) {
        return job == "job_1" && fence == 7;
    });
    EXPECT_TRUE(std::filesystem::exists(workshop / "job_1.7"));
    EXPECT_FALSE(std::filesystem::exists(workshop / "job_2.1"));
    EXPECT_TRUE(std::filesystem::exists(workshop / "upload.tmp"));
}

TEST(RetryClass, HasARowForEveryCode) {
    using service::Outcome;
    for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
        auto const code = static_cast<Code>(i);
        auto const outcome = service::retry_class(name_of(code));
        EXPECT_EQ(
            outcome == Outcome::input,
            !is_retryable(code) && code != Code::internal && code != Code::no_device &&
                code != Code::cancelled
        ) << name_of(code);
    }
    EXPECT_EQ(service::retry_class("storage_full"), Outcome::shortage);
    EXPECT_EQ(service::retry_class("device_lost"), Outcome::broken);
    EXPECT_EQ(service::retry_class("what is this"), Outcome::broken);
}

} // namespace

} // namespace stemlathe::test
