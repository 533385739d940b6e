#include "host/session/scan.hpp"
#include "tests/support/files.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stemlathe::test {

namespace {

/// A session of 2 s with a voice and drums, and what its folder says in words.
class CommentsOfASession : public ::testing::Test {
  protected:
    void SetUp() override {
        Signal const silence(2 * 2 * 48'000);
        write_stem_24(folder / "01_Drums.wav", silence, 48'000);
        write_stem_24(folder / "03_Vocals.wav", silence, 48'000);
    }

    [[nodiscard]] Session scan() const {
        return scan_session(folder.path());
    }

    [[nodiscard]] std::vector<Finding> doubts() const {
        auto findings = scan().findings;
        std::erase_if(findings, [](Finding const& each) { return each.code != "comment"; });
        return findings;
    }

    TempFolder folder;
};

TEST_F(CommentsOfASession, ComeFromBothFilesInOrderOfTime) {
    write_file(folder / "comments.txt", "0:01 - kick too loud\n0:00.5 vocal too harsh\nlovely\n");
    write_file(folder / "session.toml", R"(
[[comment]]
at = "0:00.75-0:01"
text = "too quiet"
stem = "vocals"
[[comment]]
start_s = 0.1
text = "the snare hurts"
)");
    std::vector<Comment> const expected{
        {0.0, 0.0, "lovely", "", false},
        {0.1, 0.1, "the snare hurts", "01_Drums.wav", true},
        {0.5, 0.5, "vocal too harsh", "03_Vocals.wav", true},
        {0.75, 1.0, "too quiet", "03_Vocals.wav", true},
        {1.0, 1.0, "kick too loud", "01_Drums.wav", true}};
    EXPECT_EQ(scan().comments, expected);
    EXPECT_TRUE(doubts().empty());
}

TEST_F(CommentsOfASession, MayBeNone) {
    EXPECT_TRUE(scan().comments.empty());
    EXPECT_TRUE(doubts().empty());
}

TEST_F(CommentsOfASession, AreFoundUnderAnyCapitals) {
    write_file(folder / "Comments.TXT", "0:01 - x");
    EXPECT_EQ(scan().comments.size(), 1U);
    write_file(folder / "comments.txt", "0:01 - x\n0:01 - y");
    EXPECT_EQ(scan().comments.size(), 2U) << "the name of the contract goes first";
}

TEST_F(CommentsOfASession, BehindItsEndStandInTheFindings) {
    write_file(folder / "comments.txt", "0:03 - kick");
    write_file(folder / "session.toml", "[[comment]]\nat = \"0:01-0:09\"\ntext = \"fade\"");
    auto const found = doubts();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_NE(found[0].message.find("session.toml, comment[0]: the stretch"), std::string::npos);
    EXPECT_NE(found[1].message.find("comments.txt, line 1: 0:03 lies behind"), std::string::npos);
    auto const comments = scan().comments;
    EXPECT_EQ(comments.at(0), (Comment{0.0, 0.0, "0:03 - kick", "01_Drums.wav", false}));
    EXPECT_EQ(comments.at(1), (Comment{1.0, 2.0, "fade", "", true}));
    EXPECT_EQ(verdict_of(found), "accept") << "nothing is lost";
}

TEST_F(CommentsOfASession, MustNotNameAStemThatIsNotThere) {
    write_file(folder / "session.toml", "[[comment]]\ntext = \"x\"\nstem = \"03_Vocal.wav\"");
    EXPECT_TRUE(fails_with(Code::invalid_session, "did you mean \"03_Vocals.wav\"?", [&] {
        (void)scan();
    }));
}

TEST_F(CommentsOfASession, MayNameAStemThatIntakeLeftOut) {
    write_file(folder / "05_FX.wav", "This was never audio.");
    write_file(folder / "session.toml", "[[comment]]\ntext = \"x\"\nstem = \"05_FX.wav\"");
    EXPECT_EQ(scan().comments.at(0).stem, "");
}

TEST_F(CommentsOfASession, AreReadUpToTheLimitOfTheFile) {
    write_file(folder / "comments.txt", "0:01 - x\n" + std::string(1U << 20U, '\n') + "0:01 - y");
    EXPECT_EQ(scan().comments.size(), 1U);
    ASSERT_EQ(doubts().size(), 1U);
    EXPECT_NE(doubts()[0].message.find("larger than 64 KiB"), std::string::npos);
}

} // namespace

} // namespace stemlathe::test
