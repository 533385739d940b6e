#include "host/output/output_folder.hpp"
#include "tests/service/program.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <limits>
#include <ostream>

namespace stemlathe::test {

namespace {

/// A line that is wrong, and what the answer must name.
struct WrongLine {
    std::vector<std::string> words{};
    std::string names{};
    std::string key{};
};

void PrintTo(WrongLine const& line, std::ostream* out) {
    for (auto const& word : line.words) {
        *out << word << ' ';
    }
}

class WrongCommandLine : public testing::TestWithParam<WrongLine> {};

TEST_P(WrongCommandLine, ExitsWithTwoAndASentence) {
    auto const outcome = run_stemlathe(GetParam().words);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("stemlathe: "), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find(GetParam().names), std::string::npos) << outcome.err;
}

TEST_P(WrongCommandLine, IsAnErrorObjectWithJson) {
    auto words = GetParam().words;
    words.insert(words.begin() + 1, "--json");
    auto const outcome = run_stemlathe(words);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.err.find("stemlathe: "), std::string::npos) << outcome.err;
    auto const document = outcome.json();
    auto const& error = document.at("error");
    std::string const message{error.at("message").as_string()};
    EXPECT_NE(message.find(GetParam().names), std::string::npos) << message;
    EXPECT_FALSE(error.at("code").as_string().empty());
    if (!GetParam().key.empty()) {
        EXPECT_EQ(std::string{error.at("key").as_string()}, GetParam().key);
    }
    EXPECT_TRUE(error.as_object().contains("file"));
}

INSTANTIATE_TEST_SUITE_P(
    Lines,
    WrongCommandLine,
    testing::Values(
        WrongLine{{"maste", "x"}, "did you mean \"master\"?", "maste"},
        WrongLine{{"analyse", "x"}, "there is no command \"analyse\"", "analyse"},
        WrongLine{{"analyze", "x"}, "needs --out", "--out"},
        WrongLine{
            {"analyze", "x", "--out", "y", "--field", "open"},
            "--field is \"open\"; it must be diffuse or free",
            "--field"},
        WrongLine{
            {"analyze", "x", "--out", "y", "--masking-profile", "mgb"},
            "--masking-profile is \"mgb\"; it must be music or mgb97",
            "--masking-profile"},
        WrongLine{
            {"analyze", "x", "--out", "y", "--spl-at-full-scale", "200"},
            "--spl-at-full-scale is \"200\"",
            "--spl-at-full-scale"},
        WrongLine{{"analyze", "x", "--out", "y", "--deliver", "cd"}, "--deliver", "--deliver"},
        WrongLine{{"master", "x", "--ou", "y"}, "did you mean \"--out\"?", "--ou"},
        WrongLine{{"master", "x", "--segment-frame=3"}, "did you mean \"--segment-frames\"?"},
        WrongLine{{"master", "--out", "y"}, "needs SESSION", "SESSION"},
        WrongLine{{"master", "x"}, "needs --out", "--out"},
        WrongLine{{"master", "x", "--out"}, "--out needs a value", "--out"},
        WrongLine{{"master", "x", "y", "--out", "z"}, "does not know what to do with \"y\"", "y"},
        WrongLine{
            {"master", "x", "--out", "y", "--deliver", "streeming"}, "did you mean \"streaming\"?"},
        WrongLine{
            {"master", "x", "--out", "y", "--threads", "0"},
            "--threads is \"0\"; it must be a whole number from 1 to 1024",
            "--threads"},
        WrongLine{
            {"master", "x", "--out", "y", "--segment-frames", "many"},
            "--segment-frames is \"many\"",
            "--segment-frames"},
        WrongLine{
            {"master", "x", "--out", "y", "--from", "9", "--to", "3"},
            "--to is \"3\"; it must be later than --from (9 s)",
            "--to"},
        WrongLine{{"master", "x", "--out", "y", "--from", "nan"}, "--from is \"nan\"", "--from"},
        WrongLine{
            {"master", "x", "--out", "y", "--scratch", "/no/such/folder"},
            "--scratch is \"/no/such/folder\"; it must be a folder that exists",
            "--scratch"},
        WrongLine{{"master", "x", "--out", "y", "--device", "gpu"}, "gpu"},
        WrongLine{{"master", "x", "--out", "y", "--device", "cuda:99"}, "CUDA"},
        WrongLine{{"master", "/no/such/song", "--out", "/tmp/never-made"}, "/no/such/song"},
        WrongLine{{"plan", "/no/such/song"}, "/no/such/song"},
        WrongLine{{"master", "x", "--out", "y", "--plan", "/no/plan.toml"}, "/no/plan.toml"},
        WrongLine{{"measure"}, "needs FILE", "FILE"},
        WrongLine{{"measure", "/no/such.wav"}, "/no/such.wav"},
        WrongLine{{"compare", "a.wav"}, "needs two FILEs"},
        WrongLine{{"demo"}, "needs DIR", "DIR"},
        WrongLine{
            {"demo", "/tmp/never-made", "--seconds", "0.5"},
            "--seconds is \"0.5\"; it must be a number from 1 to 10800 s",
            "--seconds"},
        WrongLine{{"demo", "/tmp/never-made", "--rate", "22050"}, "22050"},
        WrongLine{{"demo", "/tmp/never-made", "--rate", "45000"}, "45000"}
    )
);

TEST(CommandLine, WithoutACommandSaysWhereHelpIs) {
    auto const outcome = run_stemlathe({});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("stemlathe --help"), std::string::npos);
}

/// A session and a place for results, for failures that need both.
class FailingMaster : public testing::Test {
  protected:
    void SetUp() override {
        write_session(song);
    }

    TempFolder const temp{};
    std::filesystem::path const song = temp.path() / "song";
    std::filesystem::path const out = temp.path() / "out";
};

TEST_F(FailingMaster, NamesAWrongKeyOfThePlan) {
    auto const plan = temp.path() / "plan.toml";
    write_file(plan, "schema = \"stemlathe.plan/1\"\n[[stem]]\nmatch = \"*\"\ngian_db = 1\n");
    auto const outcome = run_stemlathe({"master", song, "--out", out, "--plan", plan, "--json"});
    EXPECT_EQ(outcome.exit_code, 2);
    auto const document = outcome.json();
    std::string const message{document.at_pointer("/error/message").as_string()};
    EXPECT_NE(message.find("gian_db"), std::string::npos) << message;
    EXPECT_NE(message.find("did you mean \"gain_db\"?"), std::string::npos) << message;
    EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(FailingMaster, RefusesHiresFromALowerRate) {
    auto const outcome = run_stemlathe({"master", song, "--out", out, "--deliver", "hires"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("hires"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(FailingMaster, SaysThatOutIsAFile) {
    write_file(out, "a file");
    auto const outcome = run_stemlathe({"master", song, "--out", out});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("is a file"), std::string::npos) << outcome.err;
    EXPECT_EQ(read_file(out), "a file");
}

TEST_F(FailingMaster, SaysThatAnotherJobIsThere) {
    OutputFolder const other{out};
    auto const outcome = run_stemlathe({"master", song, "--out", out});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("another job is writing to"), std::string::npos) << outcome.err;
}

TEST_F(FailingMaster, ExitsWithOneWhereNothingCanBeWritten) {
    auto const outcome = run_stemlathe({"master", song, "--out", "/proc/self/fd/out"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.err.find("/proc/self/fd/out"), std::string::npos) << outcome.err;
}

TEST_F(FailingMaster, ExitsWithOneAndLeavesNothingWhenTheDiskIsFull) {
    auto const limit_files = [] {
        rlimit const limit{.rlim_cur = 100'000, .rlim_max = RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &limit); // stands for a full disk
    };
    auto const outcome =
        run_stemlathe({"master", song, "--out", out, "--deliver", "streaming"}, limit_files);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(FailingMaster, ExitsWithThreeWhereAStemIsNoAudio) {
    write_file(song / "03_Bass.wav", "this is a letter, not a wave");
    auto const outcome = run_stemlathe({"master", song, "--out", out});
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_NE(outcome.err.find("03_Bass.wav"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(out));

    auto const as_json = run_stemlathe({"master", song, "--out", out, "--json"}).json();
    EXPECT_EQ(as_json.at_pointer("/error/code"), "intake_refused");
    EXPECT_EQ(as_json.at_pointer("/intake/verdict"), "refuse");
}

TEST_F(FailingMaster, RendersTheRestWhenForced) {
    write_file(song / "03_Bass.wav", "this is a letter, not a wave");
    auto const outcome =
        run_stemlathe({"master", song, "--out", out, "--deliver", "archive", "--force", "--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    auto const report = outcome.json();
    EXPECT_EQ(report.at_pointer("/session/stems"), 2);
    EXPECT_EQ(report.at_pointer("/intake/verdict"), "refuse");
}

TEST_F(FailingMaster, ExitsWithThreeWhereAStemHoldsNaN) {
    auto const stem = song / "03_Bass.wav";
    write_stem(stem, 1.0);
    auto bytes = read_file(stem);
    auto const nan = std::numeric_limits<float>::quiet_NaN();
    bytes.replace(bytes.size() - 4, 4, reinterpret_cast<char const*>(&nan), 4);
    write_file(stem, bytes);
    auto const outcome = run_stemlathe({"master", song, "--out", out});
    EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
    EXPECT_NE(outcome.err.find("not_a_number"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(FailingMaster, ExitsWithThreeWithoutStems) {
    std::filesystem::create_directories(temp.path() / "empty");
    auto const outcome = run_stemlathe({"master", temp.path() / "empty", "--out", out});
    EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
}

TEST(DemoCommand, DoesNotWriteIntoAForeignFolder) {
    TempFolder const temp;
    write_file(temp.path() / "01_Drums.wav", "somebody's song");
    auto const outcome = run_stemlathe({"demo", temp.path(), "--seconds", "1"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(read_file(temp.path() / "01_Drums.wav"), "somebody's song");
}

} // namespace

} // namespace stemlathe::test
