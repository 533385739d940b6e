#include "formats/checksum.hpp"
#include "formats/tags.hpp"
#include "host/verify/verify_folder.hpp"
#include "tests/host/mastered.hpp"
#include "tests/support/files.hpp"
#include "tests/support/wav_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace stemlathe::test {

namespace {

namespace fs = std::filesystem;

/// A delivery, mastered once for all tests, of which each has a copy to spoil.
class VerifyFolder : public Mastered {
  protected:
    static fs::path delivered() {
        static TempFolder const place; // removed when the program ends
        static bool const is_there = deliver_once(place.path());
        return is_there ? place.path() / "out" : fs::path{};
    }

    void SetUp() override {
        fs::copy(delivered(), out(), fs::copy_options::recursive);
    }

    [[nodiscard]] Verification verify(fs::path const& folder) {
        return verify_folder(folder, tasks_);
    }

    [[nodiscard]] Verification verify() {
        return verify(out());
    }

    /// The audio file of a package.
    [[nodiscard]] fs::path audio(std::string const& package) const {
        for (auto const& name : tree_of(out() / "masters" / package)) {
            if (name.ends_with("." + extension(package))) {
                return out() / "masters" / package / name;
            }
        }
        return {};
    }

    [[nodiscard]] std::string inner(fs::path const& path) const {
        return path.lexically_relative(out()).generic_string();
    }

    void replace(fs::path const& file, std::string const& from, std::string const& to) {
        auto text = read_file(file);
        auto const at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        write_file(file, text.replace(at, from.size(), to));
    }

    Tasks tasks_{2};

  private:
    static bool deliver_once(fs::path const& to) {
        struct Once : VerifyFolder {
            void TestBody() override {}

            void deliver(fs::path const& place) {
                write_session(session(), 8.0, 44'100);
                (void)master({.deliver = {"streaming", "cd", "flac", "mp3"}});
                fs::copy(out(), place / "out", fs::copy_options::recursive);
            }
        };

        Once{}.deliver(to);
        return true;
    }

    static std::string extension(std::string const& package) {
        return package == "flac" || package == "mp3" ? package : "wav";
    }
};

std::vector<std::string> codes_of(Verification const& verification) {
    std::vector<std::string> codes;
    for (auto const& found : verification.discrepancies) {
        codes.push_back(found.code + " " + found.path);
    }
    return codes;
}

std::string all_of(Verification const& verification) {
    std::string text = verification.sentence + "\n";
    for (auto const& found : verification.discrepancies) {
        text += found.code + ": " + found.message + "\n";
    }
    return text;
}

using Codes = std::vector<std::string>;

TEST_F(VerifyFolder, AnUntouchedDeliveryIsWhatWasDelivered) {
    auto const whole = verify();
    EXPECT_TRUE(whole.is_intact) << all_of(whole);
    EXPECT_TRUE(whole.is_within_spec) << all_of(whole);
    EXPECT_EQ(whole.packages, 4);
    EXPECT_EQ(whole.measured, 4);
    EXPECT_NE(whole.sentence.find("is what was delivered"), std::string::npos);
    for (auto const* package : {"streaming", "cd", "flac", "mp3"}) {
        auto const alone = verify(out() / "masters" / package);
        EXPECT_TRUE(alone.is_intact) << all_of(alone);
        EXPECT_EQ(alone.packages, 1);
        EXPECT_EQ(alone.measured, 1);
    }
    write_file(out() / "notes of the client.txt", "beside the masters anything may lie");
    EXPECT_TRUE(verify().is_intact);
}

TEST_F(VerifyFolder, OneFlippedByteIsFound) {
    auto const file = audio("streaming");
    auto bytes = read_bytes(file);
    bytes[bytes.size() / 2] ^= std::byte{1}; // somewhere in the samples
    write_bytes(file, bytes);
    for (auto const& verification : {verify(), verify(out() / "masters/streaming")}) {
        EXPECT_FALSE(verification.is_intact);
        ASSERT_FALSE(verification.discrepancies.empty());
        EXPECT_EQ(verification.discrepancies.front().code, "changed") << all_of(verification);
    }
    auto const companion = out() / "masters/cd";
    for (auto const& name : tree_of(companion)) {
        if (name.ends_with(".cue")) {
            replace(companion / name, "TRACK 01", "TRACK 02");
        }
    }
    EXPECT_EQ(codes_of(verify(companion)).size(), 1U);
    EXPECT_TRUE(codes_of(verify(companion)).at(0).starts_with("changed ")) << all_of(verify());
}

TEST_F(VerifyFolder, AMissingFileAndOneTooManyAreFound) {
    auto const file = audio("flac");
    fs::remove(file);
    write_file(out() / "masters/flac/bonus.txt", "nobody ordered this");
    auto const verification = verify();
    EXPECT_EQ(
        codes_of(verification), (Codes{"missing " + inner(file), "extra masters/flac/bonus.txt"})
    );
    EXPECT_NE(verification.sentence.find("1 missing, 1 too many"), std::string::npos);
    fs::remove(out() / "masters/flac/qc.json");
    EXPECT_EQ(codes_of(verify()).size(), 3U);
    EXPECT_TRUE(fails_with(Code::invalid_argument, "nothing says what was delivered", [&] {
        (void)verify(out() / "masters/flac");
    }));
}

TEST_F(VerifyFolder, ATruncatedFileIsFound) {
    for (auto const* package : {"streaming", "mp3"}) {
        auto const file = audio(package);
        fs::resize_file(file, fs::file_size(file) - 5'000);
    }
    auto const verification = verify();
    auto const codes = codes_of(verification);
    for (auto const* package : {"streaming", "mp3"}) {
        EXPECT_NE(std::ranges::find(codes, "truncated " + inner(audio(package))), codes.end())
            << all_of(verification);
    }
}

TEST_F(VerifyFolder, ARenamedFileIsKnownByItsBytes) {
    auto const file = audio("cd");
    fs::rename(file, file.parent_path() / "final master (2).wav");
    auto const verification = verify();
    EXPECT_EQ(codes_of(verification), Codes{"renamed " + inner(file)});
    EXPECT_NE(
        verification.discrepancies[0].message.find("final master (2).wav"), std::string::npos
    );
}

TEST_F(VerifyFolder, ARetaggedFileIsToldFromOneWithOtherAudio) {
    for (auto const* package : {"flac", "mp3"}) {
        replace_tags(audio(package), {.title = "Another title that is rather long", .artist = "X"});
    }
    auto const verification = verify();
    EXPECT_EQ(
        codes_of(verification),
        (Codes{"retagged " + inner(audio("flac")), "retagged " + inner(audio("mp3"))})
    ) << all_of(verification);
    EXPECT_FALSE(verification.is_intact);
    EXPECT_TRUE(verification.is_within_spec);
}

TEST_F(VerifyFolder, OtherAudioUnderTheSameNameIsMeasuredAgainstTheLimits) {
    auto const file = audio("streaming");
    auto const loud = sine({.level_dbfs = -0.2, .seconds = 8.0});
    write_wav(file, loud, 48'000);
    auto const verification = verify();
    EXPECT_FALSE(verification.is_intact);
    EXPECT_FALSE(verification.is_within_spec);
    auto const codes = codes_of(verification);
    EXPECT_NE(std::ranges::find(codes, "outside_spec " + inner(file)), codes.end())
        << all_of(verification);
    EXPECT_NE(std::ranges::find(codes, "figure " + inner(file)), codes.end());
}

TEST_F(VerifyFolder, ADoctoredSheetContradictsTheFile) {
    auto const sheet = out() / "masters/streaming/qc.json";
    replace(sheet, "\"integrated_lufs\": -1", "\"integrated_lufs\": -2"); // ten LU quieter
    auto const in_delivery = codes_of(verify());
    EXPECT_NE(
        std::ranges::find(in_delivery, "changed masters/streaming/qc.json"), in_delivery.end()
    );
    // Even where its checksum was doctored too, and the package is all there is.
    auto const list = out() / "masters/streaming/streaming.md5";
    auto const sums = checksums_of_file(sheet);
    auto const before = checksums_of_file(delivered() / "masters/streaming/qc.json");
    replace(list, before.md5, sums.md5);
    auto const alone = verify(out() / "masters/streaming");
    EXPECT_EQ(codes_of(alone), Codes{"figure " + inner(audio("streaming")).substr(18)})
        << all_of(alone);
    EXPECT_NE(alone.discrepancies[0].message.find("integrated_lufs"), std::string::npos);
}

TEST_F(VerifyFolder, NeverLooksOutsideOfTheFolder) {
    auto const outside = folder_.path() / "secret.wav";
    fs::copy(audio("streaming"), outside);
    auto const file = audio("streaming");
    fs::remove(file);
    fs::create_symlink(outside, file);
    EXPECT_EQ(codes_of(verify()), Codes{"link " + inner(file)});
    fs::remove(file);
    fs::copy(outside, file);
    auto const cd = out() / "masters/cd";
    fs::rename(cd, folder_.path() / "cd");
    fs::create_directory_symlink(folder_.path() / "cd", cd);
    auto const linked = verify();
    EXPECT_FALSE(linked.is_intact);
    EXPECT_EQ(linked.measured, 3) << all_of(linked);
    for (auto const* path :
         {"../secret.wav", "/etc/passwd", "masters/../../secret.wav", "./a", ""}) {
        fs::remove_all(out("hostile"));
        write_file(
            out("hostile") / "manifest.json",
            std::string{R"({"schema":"stemlathe.manifest/1","outputs":[{"path":")"} + path +
                R"(","bytes":1,"sha256":")" + std::string(64, '0') + R"("}]})"
        );
        auto const hostile = verify(out("hostile"));
        EXPECT_EQ(codes_of(hostile), Codes{"document manifest.json"}) << path;
        EXPECT_NE(hostile.discrepancies[0].message.find("outputs[0].path"), std::string::npos);
    }
}

TEST_F(VerifyFolder, DamagedDocumentsAreToldInSentences) {
    struct Case {
        std::string text{};
        std::string words{};
    };

    std::vector<Case> const cases{
        {"", "is not JSON"},
        {"[]", "not an object"},
        {std::string(100'000, '['), "is not JSON"},
        {R"({"schema":"stemlathe.qc/9"})", "schema"},
        {R"({"schema":"stemlathe.qc/1","package":"../x"})", "package"},
        {R"({"schema":"stemlathe.qc/1","package":"a","profile":"cd","within_spec":1})",
         "within_spec"},
        {R"({"schema":"stemlathe.qc/1","package":"a","profile":"cd","within_spec":true,)"
         R"("checks":[],"files":[{"path":"a","bytes":-1}],"companions":[]})",
         "files[0].bytes"},
        {R"({"schema":"stemlathe.qc/1","package":"a","profile":"cd","within_spec":true,)"
         R"("checks":[],"files":[],"companions":[{"path":"a","bytes":1,"sha256":"x"}]})",
         "companions[0].sha256"}};
    for (auto const& [text, words] : cases) {
        write_file(out() / "masters/cd/qc.json", text);
        auto const verification = verify(out() / "masters/cd");
        EXPECT_FALSE(verification.is_intact);
        ASSERT_FALSE(verification.discrepancies.empty()) << text;
        EXPECT_EQ(verification.discrepancies[0].code, "document") << text;
        EXPECT_NE(verification.discrepancies[0].message.find(words), std::string::npos)
            << verification.discrepancies[0].message;
    }
    write_file(out() / "manifest.json", "{");
    EXPECT_EQ(codes_of(verify()).at(0), "document manifest.json");
}

TEST_F(VerifyFolder, PlacesThatAreNoFilesHangNothing) {
    auto const file = audio("streaming");
    fs::remove(file);
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    EXPECT_EQ(codes_of(verify()).at(0), "not_a_file " + inner(file));
    fs::remove(file);
    fs::create_directory(file);
    EXPECT_EQ(codes_of(verify()).at(0), "not_a_file " + inner(file));
    EXPECT_TRUE(fails_with(Code::not_found, "is no folder", [&] { (void)verify(out("none")); }));
    fs::create_directory(out("blank"));
    EXPECT_TRUE(fails_with(Code::invalid_argument, "nothing says what was delivered", [&] {
        (void)verify(out("blank"));
    }));
}

/// A file of terabytes, all hole, in the place of a song: told from its size, not read.
TEST_F(VerifyFolder, AHugeFileIsToldFromItsSize) {
    auto const file = audio("streaming");
    fs::resize_file(file, 2ULL << 40U);
    auto const verification = verify();
    EXPECT_EQ(codes_of(verification).at(0), "longer " + inner(file)) << all_of(verification);
    write_file(out() / "masters/cd/qc.json", "");
    fs::resize_file(out() / "masters/cd/qc.json", 1ULL << 40U);
    auto const huge = verify();
    EXPECT_NE(all_of(huge).find("no delivery's has more than"), std::string::npos) << all_of(huge);
}

TEST_F(VerifyFolder, APackageThatMissedItsSpecIsIntactButNotWithinIt) {
    fs::remove_all(out());
    write_session(session(), 8.0, 44'100);
    (void)master(
        {.plan = "[[delivery]]\nprofile = \"streaming\"\nintegrated_lufs = -4.0\n"
                 "gr_budget_db = 1.0\n"}
    );
    auto const verification = verify();
    EXPECT_TRUE(verification.is_intact) << all_of(verification);
    EXPECT_FALSE(verification.is_within_spec);
    EXPECT_NE(verification.sentence.find("misses its spec"), std::string::npos);
}

} // namespace

} // namespace stemlathe::test
