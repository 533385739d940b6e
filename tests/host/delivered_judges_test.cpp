// What programs that share no code with us say of the files that master wrote.

#include "formats/reader.hpp"
#include "formats/writer.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/mastered.hpp"
#include "tests/reference/fft_peak_reference.hpp"
#include "tests/support/files.hpp"
#include "tests/support/judges.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

namespace stemlathe::test {

namespace {

/// A song of a known band, 4.005 s long, which is no whole number of CD sectors.
class DeliveredJudges : public Mastered {
  protected:
    static constexpr int kRate_hz = 88'200;
    static constexpr std::int64_t kFrames = 353'241;

    void SetUp() override {
        write_session(session(), static_cast<double>(kFrames) / kRate_hz, kRate_hz);
        write_file(
            session() / "session.toml",
            "title = \"Nachtfahrt & <zurück>\"\nartist = \"Motörhead\"\nalbum = \"Straße\"\n"
            "isrc = \"QZ-ABC-26-00001\"\nupc = \"036000291452\"\ndate = \"2026-11-25\"\n"
            "genre = \"Rock\"\n"
        );
    }

    void TearDown() override {
        if (judges_.are_missing() && !HasFailure()) {
            GTEST_SKIP() << judges_.missing();
        }
    }

    /// The delivery's first file, quoted for the shell.
    [[nodiscard]] std::string quoted(MasteringReport const& report, std::size_t delivery) const {
        return "'" + file(report, delivery).string() + "'";
    }

    [[nodiscard]] std::string quoted(std::string const& name) const {
        return "'" + (folder_.path() / name).string() + "'";
    }

    Judges judges_;
};

std::string hundredths(std::optional<double> const& value) {
    return fmt::format("{:.2f}", *value);
}

TEST_F(DeliveredJudges, ReadEveryFieldOfABroadcastWave) {
    auto const report = master({.deliver = {"broadcast-ebu", "archive"}});
    auto const& reading = report.deliveries[0].reading;
    judges_.expect_words(
        "mediainfo --Full " + quoted(report, 0),
        {hundredths(reading.integrated_lufs),
         hundredths(reading.loudness_range_lu),
         hundredths(reading.true_peak_dbtp),
         hundredths(reading.momentary_max_lufs),
         hundredths(reading.short_term_max_lufs),
         "Motorhead - Nachtfahrt & <zuruck> [broadcast-ebu]",
         "A=PCM,F=88200,W=24,M=stereo,T=5 stems",
         "A=PCM,F=48000,W=24,M=stereo,T=stemlathe; TPDF dither",
         "2026-11-25"}
    );
    judges_.expect_words(
        "ffprobe -v error -show_entries format_tags -of default=nw=1 " + quoted(report, 0),
        {"TAG:originator_reference=QZABC2600001",
         "TAG:encoded_by=stemlathe",
         "TAG:time_reference=0",
         "TAG:title=Nachtfahrt & <zuruck>",
         "TAG:artist=Motorhead",
         "TAG:album=Strasse",
         "TAG:genre=Rock",
         "TAG:date=2026-11-25"}
    );
    judges_.expect_words(
        "mediainfo --Full " + quoted(report, 1),
        {hundredths(report.deliveries[1].reading.integrated_lufs), "[archive]"}
    );
}

/// Chunks cut out and parsed by Python's own library, which takes no XML that is not well-formed.
constexpr char const* kXmlOf = R"(
import struct, sys
import xml.etree.ElementTree as tree
data = open(sys.argv[1], "rb").read()
at = 12
while at + 8 <= len(data):
    name, size = data[at:at + 4], struct.unpack("<I", data[at + 4:at + 8])[0]
    if name in (b"axml", b"iXML"):
        root = tree.fromstring(data[at + 8:at + 8 + size])
        for element in root.iter():
            if element.text and element.text.strip():
                print(element.tag.split("}")[-1] + "=" + element.text.strip())
    at += 8 + size + size % 2
)";

TEST_F(DeliveredJudges, ParseTheXmlOfEveryWave) {
    auto const report = master({.deliver = {"streaming", "cd", "vinyl"}});
    write_file(folder_.path() / "chunks.py", kXmlOf);
    for (std::size_t i = 0; i < report.deliveries.size(); ++i) {
        judges_.expect_words(
            "python3 -X utf8 " + quoted("chunks.py") + " " + quoted(report, i),
            {"title=Nachtfahrt & <zurück>",
             "name=Motörhead",
             "relation=Straße",
             "identifier=ISRC:QZABC2600001",
             "identifier=EAN:0036000291452",
             "songTitle=Nachtfahrt & <zurück>",
             "artist=Motörhead",
             "PROJECT=Straße",
             "isrcId=QZABC2600001",
             "TRACK_COUNT=2"}
        );
    }
}

TEST_F(DeliveredJudges, TakeTheCdForADisc) {
    auto const report = master({.deliver = {"cd"}});
    auto const frames = report.deliveries[0].files.at(0).frames;
    ASSERT_EQ(frames % 588, 0);
    ASSERT_EQ(frames, (kFrames / 2 + 1 + 587) / 588 * 588);
    auto cue = file(report, 0);
    cue.replace_extension(".cue");
    auto const ask = [&](std::string const& command, std::vector<std::string> const& words) {
        judges_.expect_words(
            command + " " + cue.filename().string(), words, cue.parent_path() // beside its WAV
        );
    };
    auto const sectors = frames / 588;
    ask("cdrdao show-toc",
        {"CATALOG NUMBER: 0036000291452",
         "ISRC QZ ABC 26 00001",
         "TWO CHANNEL AUDIO",
         fmt::format("END    00:{:02}:{:02}", sectors / 75, sectors % 75)});
    ask("cdrdao toc-size", {fmt::format("{}\n", sectors)});
    ask("cueprint", {"Nachtfahrt & <zuruck>", "Motorhead", "QZABC2600001", "no. of tracks:\t1"});
    // Its column "cdr" holds three letters: not CD quality, not sector-bound (b), too short; its
    // column "WAVE problems" says that chunks lie beside the audio, which is where titles are.
    judges_.expect_words("shntool len " + quoted(report, 0), {" ---   h-   ----- "});
}

TEST_F(DeliveredJudges, FindFlacFilesSoundAndTagged) {
    auto const report = master({.deliver = {"hires"}});
    auto const& reading = report.deliveries[0].reading;
    judges_.expect_words("flac -t -s " + quoted(report, 0), {});
    judges_.expect_words(
        "metaflac --list --block-type=VORBIS_COMMENT " + quoted(report, 0),
        {"TITLE=Nachtfahrt & <zurück>",
         "ARTIST=Motörhead",
         "ALBUM=Straße",
         "DATE=2026-11-25",
         "GENRE=Rock",
         "ISRC=QZABC2600001",
         "BARCODE=0036000291452",
         fmt::format("REPLAYGAIN_TRACK_GAIN={:.2f} dB", -18.0 - *reading.integrated_lufs),
         fmt::format("REPLAYGAIN_TRACK_PEAK={:.6f}", gain_from_db(*reading.true_peak_dbtp)),
         "REPLAYGAIN_REFERENCE_LOUDNESS=-18.00 LUFS"}
    );
}

TEST_F(DeliveredJudges, ReadTheTagsOfLossyFiles) {
    auto const report = master({.deliver = {"mp3", "opus", "vorbis"}});
    for (std::size_t i = 0; i < report.deliveries.size(); ++i) {
        judges_.expect_words(
            "ffprobe -v error -show_entries format_tags:stream_tags -of default=nw=1 " +
                quoted(report, i),
            {"Nachtfahrt & <zurück>",
             "Motörhead",
             "Straße",
             "QZABC2600001",
             "BARCODE=0036000291452",
             "2026-11-25"}
        );
    }
}

/// The gain that loudgain computes from a file: in its second line the ninth column.
double computed_gain_db(std::string const& said) {
    std::size_t at = said.find('\n');
    for (int column = 0; column < 8 && at != std::string::npos; ++column) {
        at = said.find('\t', at + 1);
    }
    EXPECT_NE(at, std::string::npos) << said;
    return at == std::string::npos ? 0.0 : std::stod(said.substr(at + 1));
}

TEST_F(DeliveredJudges, ComputeTheGainThatStandsInTheTags) {
    auto const report = master({.deliver = {"hires", "mp3", "opus", "vorbis"}});
    for (std::size_t i = 0; i < report.deliveries.size(); ++i) {
        auto const said = judges_.ask("loudgain -q -O " + quoted(report, i));
        auto const& delivery = report.deliveries[i];
        double const reference_lufs = delivery.plan.name == "opus" ? -23.0 : -18.0;
        if (said) {
            EXPECT_NEAR(
                computed_gain_db(*said),
                reference_lufs - *delivery.reading.integrated_lufs,
                0.0101 // printed in hundredths
            ) << delivery.plan.name;
        }
    }
}

/// What ffmpeg decodes, unrounded.
Signal floats_in(std::filesystem::path const& raw) {
    auto const bytes = read_bytes(raw);
    Signal signal(bytes.size() / sizeof(float));
    std::memcpy(signal.data(), bytes.data(), bytes.size());
    return signal;
}

TEST_F(DeliveredJudges, DecodeLossyFilesToTheirLengthBelowFullScale) {
    auto const report = master({.deliver = {"mp3", "opus", "vorbis"}});
    auto const wanted = [&](std::size_t i) {
        auto const rate_hz = *report.deliveries[i].plan.sample_rate_hz;
        return (kFrames * rate_hz + kRate_hz - 1) / kRate_hz;
    };
    auto const frames_of = [&](char const* name) {
        return Reader{folder_.path() / name}.info().frames;
    };
    if (judges_.ask("lame --quiet --decode " + quoted(report, 0) + " " + quoted("mp3.wav"))) {
        EXPECT_EQ(frames_of("mp3.wav"), wanted(0));
    }
    if (judges_.ask("opusdec --quiet " + quoted(report, 1) + " " + quoted("opus.wav"))) {
        EXPECT_EQ(frames_of("opus.wav"), wanted(1));
    }
    for (std::size_t i = 0; i < report.deliveries.size(); ++i) {
        auto const& delivery = report.deliveries[i];
        EXPECT_EQ(delivery.files.at(0).frames, wanted(i)) << delivery.plan.name;
        if (judges_.ask(
                "ffmpeg -v error -y -i " + quoted(report, i) + " -f f32le " + quoted("a.raw")
            )) {
            double const peak = reference::fft_peak(floats_in(folder_.path() / "a.raw"), 4);
            EXPECT_LE(db_from_gain(peak), 0.0) << delivery.plan.name;
        }
    }
}

TEST_F(DeliveredJudges, FindNoGainInTheHeaderOfOpus) {
    auto const report = master({.deliver = {"opus"}});
    auto const bytes = read_file(file(report, 0));
    auto const head = bytes.find("OpusHead");
    ASSERT_NE(head, std::string::npos);
    EXPECT_EQ(bytes.substr(head + 16, 2), std::string(2, '\0')); // RFC 7845 section 5.1
    auto const tag = bytes.find("R128_TRACK_GAIN=");
    ASSERT_NE(tag, std::string::npos);
    EXPECT_EQ(
        std::stol(bytes.substr(tag + 16, 8)),
        std::lround(256.0 * (-23.0 - *report.deliveries[0].reading.integrated_lufs))
    );
}

} // namespace

} // namespace stemlathe::test
