#include "formats/writer.hpp"
#include "host/session/scan.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stemlathe::test {

namespace {

class SessionScan : public ::testing::Test {
  protected:
    void add_stem(std::string const& name, std::int64_t frames, int rate_hz, int channels = 2) {
        EncodeSettings const settings{
            .input = SampleFormat::pcm_24,
            .rate_hz = rate_hz,
            .channels = channels,
            .frames_expected = frames};
        std::vector<std::byte> const samples(static_cast<std::size_t>(frames * channels * 3));
        Writer writer{folder / name, settings};
        writer.write({samples, frames});
        writer.finish();
    }

    [[nodiscard]] Session scan() const {
        return scan_session(folder.path());
    }

    TempFolder folder;
};

/// The finding with this code about this stem.
std::optional<Finding>
finding(Session const& session, std::string_view code, std::string_view stem) {
    auto const found = std::ranges::find_if(session.findings, [&](Finding const& each) {
        return each.code == code && each.stem == stem;
    });
    return found != session.findings.end() ? std::optional{*found} : std::nullopt;
}

TEST_F(SessionScan, FindsStemsRolesAndTheReferenceMix) {
    add_stem("02_Bass.wav", 480, 48'000, 1);
    add_stem("01_Drums.wav", 480, 48'000);
    add_stem("Reference_Mix.wav", 480, 48'000);
    write_file(folder / "comments.txt", "0:00 - too harsh");
    write_file(folder / ".hidden.wav", "not even audio");
    auto const session = scan();
    ASSERT_EQ(session.stems.size(), 2U);
    EXPECT_EQ(session.stems[0].file, "01_Drums.wav");
    EXPECT_EQ(session.stems[0].role, Role::drums);
    EXPECT_EQ(session.stems[1].media.channels, 1);
    ASSERT_TRUE(session.reference_mix);
    EXPECT_EQ(session.reference_mix->filename(), "Reference_Mix.wav");
    EXPECT_EQ(session.rate_hz, 48'000);
    EXPECT_EQ(session.frames, 480);
    EXPECT_EQ(verdict_of(session.findings), "accept");
    EXPECT_TRUE(session.findings.empty());
    EXPECT_EQ(session.comments.size(), 1U);
}

TEST_F(SessionScan, AsksForTheNumbersOfARelease) {
    add_stem("01_Drums.wav", 480, 48'000);
    auto const message = [&](std::string const& toml, char const* code) {
        write_file(folder / "session.toml", toml);
        auto const found = finding(scan(), code, "");
        return found ? found->message : std::string{"nothing"};
    };
    std::string const title = "title = \"Song\"\n";
    std::string const isrc = "isrc = \"QZABC2600001\"\n";
    std::string const upc = "upc = \"036000291452\"\n";
    EXPECT_TRUE(message(title, "no_isrc").starts_with("session.toml gives no ISRC and no UPC, so"));
    EXPECT_TRUE(message(title + upc, "no_isrc").starts_with("session.toml gives no ISRC, so"));
    EXPECT_TRUE(message(title + isrc, "no_upc").starts_with("session.toml gives no UPC, so"));
    for (auto const* code : {"no_isrc", "no_upc"}) {
        EXPECT_EQ(message(title + isrc + upc, code), "nothing");
        EXPECT_EQ(message("genre = \"Rock\"\n", code), "nothing") << "a sketch, no release";
    }
}

TEST_F(SessionScan, ConformsToTheCommonestRateAndTheLongestStem) {
    add_stem("01_Drums.wav", 48'000, 48'000);
    add_stem("02_Bass.wav", 44'100, 44'100);
    auto session = scan();
    EXPECT_EQ(session.rate_hz, 48'000) << "a tie goes to the higher rate";
    EXPECT_EQ(session.frames, 48'000);
    EXPECT_FALSE(finding(session, "length_mismatch", "02_Bass.wav")) << "both last one second";
    EXPECT_EQ(finding(session, "sample_rate_mismatch", "02_Bass.wav")->measured, 44'100);

    add_stem("03_Vocals.wav", 22'050, 44'100);
    session = scan();
    EXPECT_EQ(session.rate_hz, 44'100);
    EXPECT_TRUE(finding(session, "sample_rate_mismatch", "01_Drums.wav"));
    EXPECT_EQ(finding(session, "length_mismatch", "03_Vocals.wav")->measured, 0.5);
    EXPECT_EQ(verdict_of(session.findings), "warn");
}

TEST_F(SessionScan, LeavesOutWhatCannotBeUsedAndSaysWhy) {
    add_stem("01_Drums.wav", 480, 48'000);
    write_file(folder / "02_Bass.wav", "");
    write_file(folder / "03_Vocals.wav", "This was never audio.");
    add_stem("04_Instruments.wav", 48'000, 48'000);
    std::filesystem::resize_file(folder / "04_Instruments.wav", 1'000);
    add_stem("05_FX.wav", 480, 32'000);
    write_file(folder / "06_Keys.mp3", "whatever");
    auto const session = scan();
    EXPECT_EQ(session.stems.size(), 1U);
    for (auto const& [code, stem] : std::vector<std::pair<char const*, char const*>>{
             {"empty", "02_Bass.wav"},
             {"unreadable", "03_Vocals.wav"},
             {"truncated", "04_Instruments.wav"},
             {"unreadable", "05_FX.wav"}}) {
        auto const found = finding(session, code, stem);
        ASSERT_TRUE(found) << stem;
        EXPECT_EQ(found->severity, Severity::refuse);
        EXPECT_NE(found->message.find(stem), std::string::npos) << found->message;
    }
    EXPECT_EQ(finding(session, "ignored_file", "06_Keys.mp3")->severity, Severity::warn);
    EXPECT_EQ(verdict_of(session.findings), "refuse");
}

TEST_F(SessionScan, RefusesANameThatNoPlanCouldHold) {
    add_stem("01_Drums.wav", 480, 48'000);
    add_stem("02_B\xE4ss.wav", 480, 48'000); // Latin-1
    auto const session = scan();
    EXPECT_EQ(session.stems.size(), 1U);
    EXPECT_TRUE(finding(session, "label", "02_B\xEF\xBF\xBDss.wav")); // U+FFFD in its place
    EXPECT_EQ(verdict_of(session.findings), "refuse");
}

TEST_F(SessionScan, RefusesMoreThanTwoChannels) {
    // A Writer makes no such file, so the header is changed by hand: 2 channels become 4.
    add_stem("01_Drums.wav", 480, 48'000);
    auto bytes = read_bytes(folder / "01_Drums.wav");
    bytes[22] = std::byte{4};
    bytes[32] = std::byte{12};
    write_bytes(folder / "01_Drums.wav", bytes);
    auto const found = finding(scan(), "channel_count", "01_Drums.wav");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->measured, 4);
    EXPECT_EQ(found->limit, 2);
}

TEST_F(SessionScan, NoticesAnotherKindOfFileUnderTheName) {
    EncodeSettings const settings{
        .container = Container::flac, .input = SampleFormat::pcm_32, .frames_expected = 480};
    std::vector<std::byte> const samples(480 * 2 * 4);
    Writer writer{folder / "01_Drums.wav", settings};
    writer.write({samples, 480});
    writer.finish();
    auto const session = scan();
    EXPECT_EQ(session.stems.size(), 1U);
    EXPECT_EQ(finding(session, "wrong_content", "01_Drums.wav")->severity, Severity::warn);
}

TEST_F(SessionScan, TakesRolesAndOffsetsFromSessionToml) {
    add_stem("a.wav", 480, 48'000);
    add_stem("b.wav", 480, 48'000);
    write_file(folder / "session.toml", R"(
[[stem]]
file = "a.wav"
role = "vocals"
priority = 3
offset_s = -0.01
[[stem]]
file = "b.wav"
role = "drums"
)");
    auto const session = scan();
    EXPECT_EQ(session.stems[0].role, Role::vocals);
    EXPECT_EQ(session.stems[0].priority, 3);
    EXPECT_EQ(session.stems[0].offset_s, 0.0) << "offsets count from the earliest stem";
    EXPECT_EQ(session.stems[1].offset_s, 0.01);
    EXPECT_EQ(session.frames, 960);
    EXPECT_FALSE(finding(session, "label", "a.wav")) << "a role that was given is no guess";
}

TEST_F(SessionScan, SaysWhenItHadToGuess) {
    add_stem("drums.wav", 480, 48'000);
    add_stem("Track 7.wav", 480, 48'000);
    auto const session = scan();
    EXPECT_EQ(finding(session, "label", "drums.wav")->severity, Severity::info);
    EXPECT_EQ(finding(session, "label", "Track 7.wav")->severity, Severity::warn);
    EXPECT_EQ(finding(session, "no_reference_mix", "")->severity, Severity::info);
}

TEST_F(SessionScan, NamesWhatSessionTomlNamesInVain) {
    add_stem("01_Drums.wav", 480, 48'000);
    write_file(folder / "session.toml", "[[stem]]\nfile = \"02_Bass.wav\"");
    EXPECT_TRUE(fails_with(Code::invalid_session, "02_Bass.wav", [&] { (void)scan(); }));
    write_file(folder / "session.toml", "[reference]\nmix = \"rough.wav\"");
    EXPECT_TRUE(fails_with(Code::invalid_session, "rough.wav", [&] { (void)scan(); }));
}

TEST_F(SessionScan, KnowsAnEmptyFolderFromNone) {
    auto const session = scan();
    EXPECT_EQ(verdict_of(session.findings), "refuse");
    EXPECT_TRUE(finding(session, "empty", ""));
    EXPECT_TRUE(fails_with(Code::not_found, "not a session folder", [] {
        (void)scan_session("/nowhere");
    }));
}

TEST_F(SessionScan, NamesTheFolderThatTheStemsWereLeftIn) {
    write_file(folder / "references" / "hit.wav", "x");
    write_file(folder / "Stems" / "01_Drums.wav", "x");
    auto const found = finding(scan(), "empty", "");
    ASSERT_TRUE(found);
    EXPECT_NE(found->message.find("audio in Stems"), std::string::npos) << found->message;
}

TEST_F(SessionScan, TellsWhatItLeftOutAndWhatItChose) {
    add_stem("01_Drums.wav", 480, 48'000);
    add_stem("01_Drums_new.wav", 480, 48'000);
    add_stem("Reference_Mix.wav", 480, 48'000);
    add_stem("ref mix 2.wav", 480, 48'000);
    write_file(folder / "Rough Mix.mp3", "whatever");
    auto const session = scan();
    EXPECT_EQ(finding(session, "label", "01_Drums_new.wav")->severity, Severity::warn);
    EXPECT_EQ(session.reference_mix->filename(), "ref mix 2.wav");
    EXPECT_EQ(finding(session, "label", "ref mix 2.wav")->severity, Severity::warn);
    auto const ignored = finding(session, "ignored_file", "Rough Mix.mp3");
    ASSERT_TRUE(ignored);
    EXPECT_NE(ignored->message.find("a reference mix must be"), std::string::npos);
}

TEST_F(SessionScan, WarnsOfSixteenBits) {
    EncodeSettings const settings{.input = SampleFormat::pcm_16, .frames_expected = 480};
    std::vector<std::byte> const samples(480 * 2 * 2);
    Writer writer{folder / "01_Drums.wav", settings};
    writer.write({samples, 480});
    writer.finish();
    auto const session = scan();
    EXPECT_EQ(session.stems.size(), 1U);
    EXPECT_EQ(finding(session, "low_bit_depth", "01_Drums.wav")->measured, 16);
    EXPECT_EQ(verdict_of(session.findings), "warn");
}

TEST_F(SessionScan, DoesNotBelieveARateThatTheFramesContradict) {
    add_stem("01_Drums.wav", 480'000, 48'000);
    add_stem("02_Bass.wav", 480'000, 48'000);
    add_stem("03_Vocals.wav", 480'000, 44'100);
    auto session = scan();
    EXPECT_EQ(finding(session, "sample_rate_wrong", "03_Vocals.wav")->measured, 48'000);
    EXPECT_FALSE(finding(session, "sample_rate_mismatch", "03_Vocals.wav"));
    conform(session); // as after stems were left out
    EXPECT_EQ(std::ranges::count(session.findings, "sample_rate_wrong", &Finding::code), 1);
}

TEST_F(SessionScan, HasALimitOnStems) {
    for (int i = 0; i < 65; ++i) {
        add_stem("stem" + std::to_string(i) + ".wav", 1, 48'000);
    }
    EXPECT_TRUE(fails_with(Code::invalid_session, "at most 64", [&] { (void)scan(); }));
}

} // namespace

} // namespace stemlathe::test
