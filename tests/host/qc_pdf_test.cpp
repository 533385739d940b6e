#include "host/report/pdf/fonts.hpp"
#include "host/report/pdf/qc_pdf.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::test {

namespace {

LoudnessReading sample_reading() {
    LoudnessReading reading{
        .integrated_lufs = -14.02,
        .loudness_range_lu = 6.4,
        .momentary_max_lufs = -9.11,
        .short_term_max_lufs = -10.4,
        .true_peak_dbtp = -1.03,
        .sample_peak_dbfs = -1.2,
        .duration_s = 60.0};
    reading.momentary_max_at_s = 41.2;
    reading.short_term_max_at_s = 40.01;
    reading.channels = {
        {.true_peak_dbtp = -1.03, .true_peak_at_s = 42.123, .sample_peak_dbfs = -1.2},
        {.true_peak_dbtp = -1.31, .true_peak_at_s = 17.9, .sample_peak_dbfs = -1.4}};
    SignalReading signal{
        .dc = {1e-5, 0.0},
        .balance_db = -0.12,
        .side_mid_db = -11.2,
        .correlation_mean = 0.83,
        .correlation_min = -0.12,
        .correlation_min_at_s = 12.3,
        .noise_floor_dbfs = -33.0,
        .psr_min_db = 8.1,
        .psr_min_at_s = 39.0,
        .clipped_samples = 7,
        .bits_used = 24};
    for (int i = 0; i < 600; ++i) {
        double const turn = i / 60.0;
        reading.short_term_lufs.push_back(
            i < 15 ? -70.0F : static_cast<float>(-18.0 + 5.0 * std::sin(turn))
        );
        signal.peak.push_back(static_cast<float>(0.5 + 0.35 * std::sin(7.0 * turn)));
    }
    reading.signal = std::move(signal);
    return reading;
}

QcSheet sample_sheet(std::string const& package) {
    QcSheet sheet{.song = "Night drive", .package = package, .profile = "streaming"};
    sheet.engine.version = "1.2.3";
    sheet.engine.device = "cpu/x86-64-v4";
    sheet.info.artist = "Bj\xC3\xB6rk";
    sheet.info.isrc = "GBAYE6800011";
    sheet.target_lufs = -14.0;
    sheet.checks.push_back(
        {.code = "loudness",
         .what = "Integrated loudness",
         .unit = "LUFS",
         .measured = -14.02,
         .min = -14.1,
         .max = -13.9}
    );
    sheet.processing = {.session_rate_hz = 48'000, .rate_hz = 44'100, .dither = Dither::tpdf};
    sheet.files.push_back(
        {.file =
             {.path = "Bjork_NightDrive_streaming_44k24.wav",
              .container = "WAV",
              .codec = "pcm_24",
              .sample_rate_hz = 44'100,
              .bit_depth = 24,
              .frames = 2'646'000,
              .bytes = 15'876'044,
              .sha256 = std::string(64, 'a'),
              .md5 = std::string(32, 'b')},
         .reading = sample_reading()}
    );
    return sheet;
}

class QcPdf : public ::testing::Test {
  protected:
    void SetUp() override {
        auto const fonts = find_fonts();
        ASSERT_TRUE(fonts) << kNoFonts;
        fonts_ = std::make_unique<pdf::Fonts>(*fonts);
    }

    [[nodiscard]] std::string draw(QcSheet const& sheet) const {
        return qc_pdf({&sheet, 1}, *fonts_);
    }

    /// What can be selected and copied; nothing where pdftotext is not installed.
    [[nodiscard]] std::optional<std::string> text_of(std::string const& pdf) const {
        auto const file = folder_ / "sheet.pdf";
        write_file(file, pdf);
        auto const result = run_program("pdftotext -layout " + file.string() + " -");
        return result ? std::optional{result->output} : std::nullopt;
    }

    std::unique_ptr<pdf::Fonts> fonts_;
    TempFolder folder_;
};

std::string without_spaces(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\f'; });
    return text;
}

TEST_F(QcPdf, IsSoundAndItsTextCanBeSelected) {
    auto const pdf = draw(sample_sheet("streaming"));
    write_file(folder_ / "sheet.pdf", pdf);
    if (auto const judged = run_program("qpdf --check " + (folder_ / "sheet.pdf").string())) {
        EXPECT_EQ(judged->exit_code, 0) << judged->output;
        EXPECT_EQ(judged->output.find("WARNING"), std::string::npos) << judged->output;
    }
    auto const text = text_of(pdf);
    if (!text) {
        GTEST_SKIP() << "pdftotext is not installed";
    }
    for (std::string const words :
         {"QUALITY CONTROL SHEET",
          "Night drive",
          "Bj\xC3\xB6rk",
          "GBAYE6800011",
          "WITHIN SPEC",
          "-14.02 LUFS",
          "-14.1 to -13.9 LUFS",
          "pass",
          "at 0:42.123",
          "-1.31 dBTP",
          "from 48000 Hz",
          "24 of 24",
          "00:01:00.000",
          "Bjork_NightDrive_streaming_44k24.wav",
          "Page 1 of 1"}) {
        EXPECT_NE(text->find(words), std::string::npos) << words << "\n" << *text;
    }
    EXPECT_NE(text->find(std::string(64, 'a')), std::string::npos);
    EXPECT_NE(text->find(std::string(32, 'b')), std::string::npos);
}

TEST_F(QcPdf, IsTheSameBytesEachTimeAndHoldsNoDate) {
    auto const first = draw(sample_sheet("streaming"));
    (void)draw(sample_sheet("another"));
    EXPECT_EQ(draw(sample_sheet("streaming")), first);
    pdf::Fonts const others{*find_fonts()};
    auto const sheet = sample_sheet("streaming");
    EXPECT_EQ(qc_pdf({&sheet, 1}, others), first);
    EXPECT_EQ(first.find("CreationDate"), std::string::npos);
    EXPECT_EQ(first.find("ModDate"), std::string::npos);
}

TEST_F(QcPdf, SaysWhatFailedInWords) {
    auto sheet = sample_sheet("streaming");
    sheet.within_spec = false;
    sheet.checks[0].pass = false;
    sheet.failures.push_back(
        {.code = "loudness_budget", .message = "the wish would cost 9.1 dB of gain reduction"}
    );
    auto const text = text_of(draw(sheet));
    if (!text) {
        GTEST_SKIP() << "pdftotext is not installed";
    }
    EXPECT_NE(text->find("OUTSIDE SPEC"), std::string::npos);
    EXPECT_NE(text->find("FAIL"), std::string::npos);
    EXPECT_NE(text->find("would cost 9.1 dB"), std::string::npos);
    EXPECT_EQ(text->find("WITHIN SPEC"), std::string::npos);
}

TEST_F(QcPdf, WrapsAnyTitleAndTellsWhichLettersItCannotSet) {
    auto sheet = sample_sheet("streaming");
    for (int i = 0; i < 9; ++i) {
        sheet.song += " and Donaudampfschifffahrtsgesellschaft";
    }
    auto text = text_of(draw(sheet));
    if (!text) {
        GTEST_SKIP() << "pdftotext is not installed";
    }
    auto const words = without_spaces(*text);
    std::size_t found = 0;
    for (auto at = words.find("Donau"); at != std::string::npos; at = words.find("Donau", at + 1)) {
        ++found;
    }
    EXPECT_EQ(found, 9U) << *text;
    EXPECT_EQ(text->find("numbered boxes"), std::string::npos);
    sheet.song = "\xE5\xA4\x9C \xF0\x9F\x8E\xB5 \xD0\x9D\xD0\xBE\xD1\x87\xD1\x8C \x01\x1B bad \xFF";
    text = text_of(draw(sheet)); // Chinese, a picture, Cyrillic, control characters, no UTF-8
    EXPECT_NE(text->find("\xD0\x9D\xD0\xBE\xD1\x87\xD1\x8C"), std::string::npos);
    EXPECT_NE(text->find("numbered boxes"), std::string::npos) << *text;
}

TEST_F(QcPdf, HasASheetPerPackageAndTurnsThePageWhereOneIsFull) {
    std::vector<QcSheet> sheets{sample_sheet("one"), sample_sheet("two"), sample_sheet("three")};
    for (int i = 0; i < 40; ++i) {
        sheets[1].intake.push_back(
            {.code = "clipped_samples",
             .severity = Severity::warn,
             .message = "stem " + std::to_string(i) + " holds clipped samples"}
        );
    }
    sheets[2].files[0].reading = std::nullopt; // as stems are: nothing measured
    auto const text = text_of(qc_pdf(sheets, *fonts_));
    if (!text) {
        GTEST_SKIP() << "pdftotext is not installed";
    }
    EXPECT_EQ(std::ranges::count(*text, '\f'), 4);
    EXPECT_NE(text->find("Page 2 of 2"), std::string::npos);
    EXPECT_NE(text->find("stem 39 holds"), std::string::npos);
    EXPECT_NE(text->find("three"), std::string::npos);
}

} // namespace

} // namespace stemlathe::test
