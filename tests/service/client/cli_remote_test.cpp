#include "tests/service/client/fake_service.hpp"
#include "tests/service/program.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace stemlathe::test {

namespace {

/// The built program against a service in this process.
class RemoteCommands : public testing::Test {
  protected:
    void SetUp() override {
        write_session(song, 0.5);
        fake.set_outputs(
            {{"masters/cd/song.wav", "master"}, {"report.html", "<p>"}, {"report.json", "{}"}}
        );
    }

    Outcome run(std::vector<std::string> words, std::string const& token = "slk_test_good") {
        words.insert(words.end(), {"--server", fake.address(), "--retry-for", "5"});
        auto const state = (temp / "state").string();
        return run_stemlathe(words, [&] {
            ::setenv("STEMLATHE_TOKEN", token.c_str(), 1);
            ::setenv("XDG_STATE_HOME", state.c_str(), 1);
        });
    }

    TempFolder const temp{};
    std::filesystem::path const song = temp / "song";
    FakeService fake{};
};

TEST_F(RemoteCommands, SubmitOrdersAndSaysWhere) {
    auto const outcome = run({"submit", song});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("Render rnd_1: revision 1"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find(fake.address() + "/v1/renders/rnd_1"), std::string::npos);
    EXPECT_NE(outcome.err.find("upload"), std::string::npos); // progress in plain lines
    EXPECT_TRUE(std::filesystem::is_empty(temp / "state" / "stemlathe"));
}

TEST_F(RemoteCommands, SubmitWaitsForTheEnd) {
    auto const outcome = run({"submit", song, "--wait", "--json", "--quiet"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    auto const document = outcome.json();
    EXPECT_EQ(document.at("state"), "succeeded");
    EXPECT_EQ(document.at("address"), boost::json::string{fake.address() + "/v1/renders/rnd_1"});
}

TEST_F(RemoteCommands, SubmitTellsThatADeliveryMissesItsSpec) {
    fake.end_renders_with(
        {{"state", "succeeded"}, {"result", {{"deliveries", {{{"within_spec", false}}}}}}}
    );
    EXPECT_EQ(run({"submit", song, "--wait", "--quiet"}).exit_code, 4);
}

TEST_F(RemoteCommands, SubmitGoesOnAfterAKill) {
    auto const state = (temp / "state").string();
    auto const stall = first(99, "POST /v1/sessions/ses_1/renders", {.status = 503});
    fake.fail_before(stall);
    {
        Program program{
            {"submit", song, "--server", fake.address(), "--token", "slk_test_good"}, [&] {
                ::setenv("XDG_STATE_HOME", state.c_str(), 1);
            }};
        ASSERT_TRUE(program.await("cannot do it now"));
        program.send(SIGKILL);
        EXPECT_EQ(program.outcome().exit_code, -SIGKILL);
    }
    fake.fail_before({});
    EXPECT_EQ(run({"submit", song}).exit_code, 0);
    EXPECT_EQ(fake.sessions().size(), 1U);
    EXPECT_EQ(fake.files().size(), 2U);
    EXPECT_EQ(fake.orders().size(), 1U);
}

TEST_F(RemoteCommands, FetchPutsFilesInTheFolder) {
    ASSERT_EQ(run({"submit", song, "--wait"}).exit_code, 0);
    auto const outcome = run({"fetch", "rnd_1", "--out", temp / "out", "--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.json().at("files").as_array().size(), 3U);
    EXPECT_EQ(read_file(temp / "out/masters/cd/song.wav"), "master");
}

TEST_F(RemoteCommands, FetchSaysThatNothingIsReadyYet) {
    ASSERT_EQ(run({"submit", song}).exit_code, 0);
    auto const outcome = run({"fetch", "rnd_1", "--out", temp / "out"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("--wait"), std::string::npos) << outcome.err;
    EXPECT_EQ(run({"fetch", "rnd_1", "--out", temp / "out", "--wait"}).exit_code, 0);
}

TEST_F(RemoteCommands, FetchSaysThatTheMastersAreNotApproved) {
    fake.set_outputs({{"masters/cd/song.wav", "master"}, {"report.html", "<p>"}}, false);
    ASSERT_EQ(run({"submit", song, "--wait"}).exit_code, 0);
    auto const outcome = run({"fetch", "rnd_1", "--out", temp / "out"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("not approved yet"), std::string::npos) << outcome.err;
    EXPECT_EQ(read_file(temp / "out/report.html"), "<p>");
}

TEST_F(RemoteCommands, StatusTellsOfRendersAndSessions) {
    ASSERT_EQ(run({"submit", song}).exit_code, 0);
    auto const render = run({"status", "rnd_1"});
    EXPECT_EQ(render.exit_code, 0) << render.err;
    EXPECT_NE(render.out.find("State: queued"), std::string::npos) << render.out;
    EXPECT_NE(render.out.find("Before it: 2 jobs"), std::string::npos) << render.out;
    auto const session = run({"status", "ses_1"});
    EXPECT_EQ(session.exit_code, 0) << session.err;
    EXPECT_NE(session.out.find("01_Drums.wav"), std::string::npos) << session.out;
    auto const document = run({"status", "ses_1", "--json"}).json();
    EXPECT_EQ(document.at("stems").as_array().size(), 2U);
    EXPECT_EQ(document.at("renders").as_array().size(), 1U);
}

TEST_F(RemoteCommands, WatchMastersWhatIsDropped) {
    auto const box = temp / "box";
    write_session(box / "song", 0.5);
    write_file(box / "song/.done", "");
    auto const state = (temp / "state").string();
    Program program{{"watch", box, "--server", fake.address(), "--token", "slk_test_good"}, [&] {
                        ::setenv("XDG_STATE_HOME", state.c_str(), 1);
                    }};
    ASSERT_TRUE(program.await("song: done"));
    EXPECT_EQ(read_file(box / "song.result/masters/cd/song.wav"), "master");
    program.send(SIGINT);
    EXPECT_EQ(program.outcome().exit_code, 130);
}

TEST_F(RemoteCommands, SayThatTheTokenIsWrong) {
    auto const outcome = run({"status", "rnd_1"}, "slk_test_bad");
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("does not take the token"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("slk_test_bad"), std::string::npos); // never repeats a secret
}

TEST_F(RemoteCommands, WarnOfATokenThatOthersCanRead) {
    auto const far = run_stemlathe(
        {"status", "rnd_1", "--server", "http://0.0.0.0:1", "--token", "slk_x", "--retry-for", "0"}
    );
    EXPECT_NE(far.err.find("unencrypted"), std::string::npos) << far.err;
    EXPECT_EQ(run({"status", "rnd_1"}).err.find("unencrypted"), std::string::npos);
}

TEST_F(RemoteCommands, SayThatNobodyAnswers) {
    auto const outcome = run_stemlathe(
        {"status", "rnd_1", "--server", "http://127.0.0.1:1", "--retry-for", "0", "--json"}
    );
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.json().at_pointer("/error/code"), "unreachable");
}

TEST_F(RemoteCommands, SayWhatIsWrongWithTheirWords) {
    EXPECT_EQ(run({"submit", song, "--class", "fast"}).exit_code, 2);
    EXPECT_EQ(run({"submit", song, "--deliver", "cdd"}).exit_code, 2);
    EXPECT_EQ(run({"submit", temp / "nowhere"}).exit_code, 2);
    EXPECT_EQ(run({"status", "song"}).exit_code, 2);
    EXPECT_EQ(run({"fetch", "ses_1", "--out", temp / "out"}).exit_code, 2);
    EXPECT_EQ(run({"fetch", "rnd_1/../x", "--out", temp / "out"}).exit_code, 2);
    auto const outcome = run_stemlathe({"status", "rnd_1"}, [] { ::unsetenv("STEMLATHE_SERVER"); });
    EXPECT_NE(outcome.err.find("STEMLATHE_SERVER"), std::string::npos) << outcome.err;
}

} // namespace

} // namespace stemlathe::test
