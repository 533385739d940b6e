#include "formats/checksum.hpp"
#include "tests/service/program.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

class MasterCommand : public testing::Test {
  protected:
    void SetUp() override {
        write_session(song, 4.0);
    }

    TempFolder const temp{};
    std::filesystem::path const song = temp.path() / "song";
    std::filesystem::path const out = temp.path() / "out";
};

TEST_F(MasterCommand, WritesWhatTheContractLists) {
    auto const outcome =
        run_stemlathe({"master", song, "--out", out, "--deliver", "streaming,archive", "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    auto const report = outcome.json();
    EXPECT_EQ(report.at("schema"), "stemlathe.report/1");
    EXPECT_EQ(outcome.out, read_file(out / "report.json"));
    EXPECT_EQ(report.at("deliveries").as_array().size(), 2U);
    for (auto const* file : {"report.html", "plan.toml", "manifest.json"}) {
        EXPECT_TRUE(std::filesystem::exists(out / file)) << file;
    }
    auto const manifest = boost::json::parse(read_file(out / "manifest.json"));
    for (auto const& entry : manifest.at("outputs").as_array()) {
        auto const path = out / std::string{entry.at("path").as_string()};
        EXPECT_EQ(sha256_of_file(path), std::string{entry.at("sha256").as_string()}) << path;
    }
    EXPECT_GE(manifest.at("inputs").as_array().size(), 2U);
}

TEST_F(MasterCommand, MakesALabelsOwnDeliveryAndTheSameBytesWithoutItsDefinition) {
    write_file(
        song / "profiles.toml",
        "[[profile]]\nname = \"label_x\"\nbased_on = \"streaming\"\nintegrated_lufs = -16\n"
        "bit_depth = 16\ndither = \"shaped\"\nfile_name = \"{profile}-{title}\"\n"
        "low_end = {high_pass_hz = 30}\nmetadata = {bext = false}"
    );
    auto const first =
        run_stemlathe({"master", song, "--out", out, "--deliver", "label_x,archive", "--json"});
    ASSERT_EQ(first.exit_code, 0) << first.out << first.err;
    auto const delivery = first.json().at("deliveries").as_array()[0];
    EXPECT_EQ(delivery.at("profile"), "label_x");
    EXPECT_NEAR(delivery.at("integrated_lufs").to_number<double>(), -16.0, 0.1);
    auto const file = std::filesystem::path{"masters/label_x/label_x-song.wav"};
    EXPECT_EQ(delivery.at("files").as_array()[0].at("path").as_string(), file.string());
    EXPECT_EQ(read_file(out / file).find("bext"), std::string::npos);

    std::filesystem::remove(song / "profiles.toml");
    auto const again = temp / "again";
    auto const second =
        run_stemlathe({"master", song, "--out", again, "--plan", out / "plan.toml", "--json"});
    ASSERT_EQ(second.exit_code, 0) << second.out << second.err;
    EXPECT_EQ(read_file(again / file), read_file(out / file));
    EXPECT_EQ(read_file(again / "plan.toml"), read_file(out / "plan.toml"));
    auto const unknown =
        run_stemlathe({"master", song, "--out", again, "--deliver", "label_y", "--json"});
    EXPECT_EQ(unknown.exit_code, 2);
}

TEST_F(MasterCommand, PrintsASummaryForPeople) {
    auto const outcome = run_stemlathe({"master", song, "--out", out, "--deliver", "archive"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("archive"), std::string::npos);
    EXPECT_NE(outcome.out.find("x realtime"), std::string::npos);
    EXPECT_NE(outcome.out.find((out / "report.html").string()), std::string::npos);
    EXPECT_NE(outcome.err.find("render"), std::string::npos); // progress in plain lines
    EXPECT_EQ(outcome.err.find('\r'), std::string::npos);
}

TEST_F(MasterCommand, SaysNothingWhenQuiet) {
    auto const outcome =
        run_stemlathe({"master", song, "--out", out, "--deliver", "archive", "--quiet"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(outcome.out + outcome.err, "");
}

TEST_F(MasterCommand, ExitsWithFourAndKeepsTheFileWhereADeliveryMissesItsSpec) {
    auto const plan = temp.path() / "plan.toml";
    write_file(
        plan,
        "schema = \"stemlathe.plan/1\"\n[[delivery]]\nprofile = \"streaming\"\n"
        "integrated_lufs = -3.0\ngr_budget_db = 0.5\n"
    );
    auto const outcome = run_stemlathe({"master", song, "--out", out, "--plan", plan, "--json"});
    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    auto const report = outcome.json();
    auto const& delivery = report.at_pointer("/deliveries/0");
    EXPECT_EQ(delivery.at("within_spec"), false);
    EXPECT_EQ(delivery.at_pointer("/failures/0/code"), "loudness_budget");
    std::string const file{delivery.at_pointer("/files/0/path").as_string()};
    EXPECT_TRUE(std::filesystem::exists(out / file));
}

TEST_F(MasterCommand, GivesTheSameBytesFromItsOwnPlan) {
    auto const again = temp.path() / "again";
    auto const first = run_stemlathe({"master", song, "--out", out, "--deliver", "streaming"});
    ASSERT_EQ(first.exit_code, 0) << first.err;
    auto const plan = out / "plan.toml";
    auto const second = run_stemlathe(
        {"master",
         song,
         "--out",
         again,
         "--plan",
         plan,
         "--threads",
         "1",
         "--segment-frames",
         "all"}
    );
    ASSERT_EQ(second.exit_code, 0) << second.err;
    EXPECT_EQ(read_file(plan), read_file(again / "plan.toml"));
    for (auto const& name : tree_of(out / "masters")) {
        if (!name.ends_with('/')) {
            EXPECT_TRUE(read_file(out / "masters" / name) == read_file(again / "masters" / name));
        }
    }
}

TEST_F(MasterCommand, PreviewsAStretch) {
    auto const outcome = run_stemlathe(
        {"master",
         song,
         "--out",
         out,
         "--deliver",
         "archive",
         "--from",
         "1",
         "--to",
         "2.5",
         "--json"}
    );
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    auto const report = outcome.json();
    EXPECT_EQ(report.at_pointer("/deliveries/0/files/0/frames"), 72'000);
    EXPECT_EQ(report.at_pointer("/session/preview/to_s").as_double(), 2.5);
}

TEST_F(MasterCommand, PlansWhatMasterDoes) {
    auto const plan = run_stemlathe({"plan", song, "--deliver", "streaming", "--quiet"});
    ASSERT_EQ(plan.exit_code, 0) << plan.err;
    auto const mastered = run_stemlathe({"master", song, "--out", out, "--deliver", "streaming"});
    ASSERT_EQ(mastered.exit_code, 0) << mastered.err;
    EXPECT_EQ(plan.out, read_file(out / "plan.toml"));
}

TEST_F(MasterCommand, PlansAsJsonAndIntoAFile) {
    auto const file = temp.path() / "plan.toml";
    auto const plan = run_stemlathe({"plan", song, "--out", file, "--json"});
    ASSERT_EQ(plan.exit_code, 0) << plan.err;
    auto const document = plan.json();
    EXPECT_EQ(document.at("schema"), "stemlathe.plan/1");
    EXPECT_EQ(document.at("stem").as_array().size(), 2U);
    EXPECT_NE(read_file(file).find("stemlathe.plan/1"), std::string::npos);
}

} // namespace

} // namespace stemlathe::test
