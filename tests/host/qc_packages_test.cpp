#include "host/qc/md5_list.hpp"
#include "host/qc/sheet.hpp"
#include "tests/host/mastered.hpp"
#include "tests/support/files.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

namespace json = boost::json;

class QcPackages : public Mastered {
  protected:
    json::value sheet(std::string const& package) const {
        return json::parse(read_file(out() / "masters" / package / "qc.json"));
    }
};

TEST_F(QcPackages, EveryPackageHasASheetAndChecksumsThatTheManifestLists) {
    write_session(session(), 4.0, 44'100);
    auto const report = master({.deliver = {"streaming", "cd", "vinyl", "mp3", "stems"}});
    auto const manifest = json::parse(read_file(out() / "manifest.json"));
    std::vector<std::string> listed;
    for (auto const& output : manifest.at("outputs").as_array()) {
        listed.emplace_back(output.at("path").as_string());
    }
    for (auto const& delivery : report.deliveries) {
        auto const& name = delivery.plan.name;
        auto const document = sheet(name);
        EXPECT_EQ(document.at("schema"), "stemlathe.qc/1");
        EXPECT_EQ(std::string{document.at("package").as_string()}, name);
        EXPECT_EQ(document.at("within_spec"), delivery.within_spec);
        for (auto const* file : {"qc.json", ".md5"}) {
            auto const path =
                "masters/" + name + "/" + (file[0] == '.' ? name + file : std::string{file});
            EXPECT_NE(std::ranges::find(listed, path), listed.end()) << path;
        }
        for (std::size_t i = 0; i < delivery.files.size(); ++i) {
            auto const& file = document.at("files").as_array().at(i);
            EXPECT_EQ(std::string{file.at("sha256").as_string()}, delivery.files[i].sha256);
            EXPECT_EQ(file.at("frames"), delivery.files[i].frames);
            auto const reading = inspect_file(out() / delivery.files[i].path);
            auto const measured = file.at("measured").at("true_peak_dbtp");
            EXPECT_NEAR(measured.to_number<double>(), *reading.true_peak_dbtp, 6e-4) << name;
            EXPECT_EQ(
                std::string{file.at("audio_fingerprint").as_string()}, reading.audio_fingerprint
            ) << name;
        }
    }
    auto const of_cd = sheet("cd");
    auto const& cue = of_cd.at("companions").as_array();
    ASSERT_EQ(cue.size(), 1U);
    EXPECT_TRUE(cue[0].at("path").as_string().ends_with(".cue"));
}

TEST_F(QcPackages, Md5sumAgreesWithEveryList) {
    write_session(session(), 4.0, 44'100);
    (void)master({.deliver = {"cd", "flac"}});
    for (auto const* package : {"cd", "flac"}) {
        auto const folder = out() / "masters" / package;
        auto const result =
            run_program("env -C " + folder.string() + " md5sum --strict -c " + package + ".md5");
        ASSERT_TRUE(result);
        EXPECT_EQ(result->exit_code, 0) << result->output;
        EXPECT_NE(result->output.find("qc.json: OK"), std::string::npos) << result->output;
        // Whatever lies there stands in the list, but for the list itself.
        auto const lines = parse_md5_list(read_file(folder / (std::string{package} + ".md5")));
        EXPECT_EQ(lines.size() + 1, tree_of(folder).size());
    }
}

TEST_F(QcPackages, TheSheetsFiguresAreThoseOfTheFile) {
    write_session(session(), 4.0, 44'100);
    auto const report = master({.deliver = {"streaming"}});
    auto const reading = inspect_file(file(report, 0));
    auto const document = sheet("streaming");
    auto const& measured = document.at_pointer("/files/0/measured").as_object();
    std::size_t compared = 0;
    for (auto const& figure : figures_of(reading)) {
        auto const& value = measured.at(figure.key);
        if (figure.value) {
            EXPECT_NEAR(value.to_number<double>(), *figure.value, 6e-4) << figure.key;
            ++compared;
        } else {
            EXPECT_TRUE(value.is_null()) << figure.key;
        }
    }
    EXPECT_GE(compared, 22U);
    EXPECT_EQ(measured.at("bits_used"), 24); // TPDF reaches the last bit
    EXPECT_EQ(measured.at("channels").as_array().size(), 2U);
    EXPECT_EQ(
        std::string{document.at_pointer("/files/0/audio_fingerprint").as_string()},
        reading.audio_fingerprint
    );
    EXPECT_EQ(document.at_pointer("/processing/dither"), "tpdf");
    EXPECT_EQ(document.at_pointer("/checks/0/code"), "loudness");
    EXPECT_EQ(document.at_pointer("/checks/0/pass"), true);
}

TEST_F(QcPackages, AMissedLimitStandsInTheChecks) {
    write_session(session(), 4.0, 44'100);
    auto const report = master(
        {.plan = "[[delivery]]\nprofile = \"streaming\"\nintegrated_lufs = -4.0\n"
                 "gr_budget_db = 1.0\n"}
    );
    ASSERT_FALSE(report.deliveries.at(0).within_spec);
    auto const document = sheet("streaming");
    EXPECT_EQ(document.at("within_spec"), false);
    EXPECT_EQ(document.at_pointer("/checks/0/pass"), false);
    EXPECT_EQ(document.at_pointer("/checks/0/max"), -3.9);
    EXPECT_EQ(document.at_pointer("/failures/0/code"), "loudness_budget");
}

TEST(Md5List, ReadsBackWhatItWrites) {
    std::vector<Md5Line> const lines{
        {.path = "a *b.wav", .md5 = "0123456789abcdef0123456789abcdef"},
        {.path = "F\xC3\xBC\xC3\x9F"
                 "e.flac",
         .md5 = "ffffffffffffffffffffffffffffffff"}};
    EXPECT_EQ(md5_list(lines).substr(0, 43), "0123456789abcdef0123456789abcdef *a *b.wav\n");
    EXPECT_EQ(parse_md5_list(md5_list(lines)), lines);
    // As other tools write it: text mode, capitals, Windows' line ends, no last one.
    EXPECT_EQ(
        parse_md5_list("0123456789ABCDEF0123456789ABCDEF  a *b.wav\r\n\r\n"
                       "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF *F\xC3\xBC\xC3\x9F"
                       "e.flac"),
        lines
    );
}

TEST(Md5List, NamesTheLineThatIsNone) {
    for (auto const* text :
         {"0123456789abcdef0123456789abcdef *a\nhello\n",
          "0123456789abcdef0123456789abcdef *a\n0123456789abcdef0123456789abcdef\n",
          "0123456789abcdef0123456789abcdef *a\n0123456789abcdef0123456789abcdeg *b\n",
          "0123456789abcdef0123456789abcdef *a\n0123456789abcdef0123456789abcdef *",
          // A carriage return that ends no line would come back as one that does.
          "0123456789abcdef0123456789abcdef *a\n0123456789abcdef0123456789abcdef *b\r\r\n"}) {
        EXPECT_TRUE(fails_with(Code::unreadable, "line 2", [&] { (void)parse_md5_list(text); }))
            << text;
    }
}

TEST(Qc, WritesTimesAsAnEngineerReadsThem) {
    EXPECT_EQ(duration_text(0.0), "00:00:00.000");
    EXPECT_EQ(duration_text(205.4804), "00:03:25.480");
    EXPECT_EQ(duration_text(7325.9996), "02:02:06.000");
    EXPECT_EQ(duration_text(-1.0), "00:00:00.000");
}

} // namespace

} // namespace stemlathe::test
