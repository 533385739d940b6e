#include "kernels/base/failure.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/uploads/probe_stem.hpp"
#include "tests/formats/wave_bytes.hpp"
#include "tests/service/uploads/upload_service.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/wav_files.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

/// From the last byte of an upload to a stem that can be mastered, or a finding that says why not.
namespace stemlathe::test {

namespace {

namespace json = boost::json;

/// 1.5 s of a tone at -6 dBFS that begins and ends softly, quieter on the right.
Signal whole_sound() {
    auto signal = sine({.level_dbfs = -6.0, .seconds = 1.5});
    constexpr std::size_t kFade = 9'600;
    for (std::size_t i = 0; i < kFade; ++i) {
        float const gain = static_cast<float>(i / 2) / static_cast<float>(kFade / 2);
        signal[i] *= gain * gain;
        signal[signal.size() - 1 - i] *= gain * gain * gain;
    }
    for (std::size_t i = 1; i < signal.size(); i += 2) {
        signal[i] *= 0.9F;
    }
    return signal;
}

class ProbeStem : public ::testing::Test {
  protected:
    void upload(
        std::string const& filename, std::string const& bytes, std::string const& kind = "stem"
    ) {
        auto const given =
            metadata({{"session", "ses_alice"}, {"role", kind}, {"filename", filename}});
        auto const made = service.create(static_cast<std::int64_t>(bytes.size()), given);
        ASSERT_EQ(service.patch(made.field("Location"), 0, bytes).status(), 204);
    }

    /// What a worker does with the next job.
    void run_next_probe() {
        auto const lease = service.queue().claim({.owner = "worker", .kinds = {"probe"}});
        ASSERT_TRUE(lease);
        auto const result = service::probe_stem(lease->spec, service.blobs());
        EXPECT_TRUE(service.queue().complete(*lease, {}, result));
    }

    service::Row stem(std::string const& filename) {
        return service.database()
            .query("SELECT * FROM stem WHERE filename=$1 AND deleted IS NULL", {filename})
            .front();
    }

    /// The codes of its findings with their severities, "label:warn".
    std::vector<std::string> findings(std::string const& filename) {
        std::vector<std::string> codes;
        auto const list = json::parse(stem(filename).text("findings"));
        for (auto const& finding : list.as_array()) {
            codes.push_back(
                std::string{finding.at("code").as_string()} + ":" +
                std::string{finding.at("severity").as_string()}
            );
            EXPECT_EQ(finding.at("stem").as_string(), filename);
        }
        return codes;
    }

    std::int64_t events(std::string const& type) {
        return service.number("SELECT count(*) AS n FROM event WHERE type='" + type + "'");
    }

    std::string session_state() {
        return service.database()
            .query("SELECT state FROM session WHERE id='ses_alice'")
            .front()
            .text("state");
    }

    std::string wav(Signal const& signal, int rate_hz = 48'000) {
        write_wav(folder / "made.wav", signal, rate_hz);
        return read_file(folder / "made.wav");
    }

    TempFolder folder;
    UploadService service{folder.path()};
};

TEST_F(ProbeStem, MakesASoundFileReady) {
    upload("01_Drums.wav", wav(whole_sound()));
    EXPECT_EQ(stem("01_Drums.wav").text("state"), "probing");
    EXPECT_EQ(session_state(), "draft");
    run_next_probe();
    auto const row = stem("01_Drums.wav");
    EXPECT_EQ(row.text("state"), "ready");
    EXPECT_EQ(row.text("role"), "drums");
    EXPECT_EQ(row.integer("version"), 2);
    EXPECT_TRUE(findings("01_Drums.wav").empty());
    auto const media = json::parse(row.text("media")).as_object();
    EXPECT_EQ(media.at("container").as_string(), "WAV");
    EXPECT_EQ(media.at("codec").as_string(), "float_32");
    EXPECT_EQ(media.at("sample_rate_hz").as_int64(), 48'000);
    EXPECT_EQ(media.at("channels").as_int64(), 2);
    EXPECT_EQ(media.at("bit_depth").as_int64(), 32);
    EXPECT_EQ(media.at("frames").as_int64(), 72'000);
    EXPECT_EQ(media.at("duration_s").to_number<double>(), 1.5);
    EXPECT_NEAR(media.at("peak_dbfs").to_number<double>(), -6.0, 0.01); // its rounding
    EXPECT_EQ(session_state(), "ready");
    EXPECT_EQ(events("stem.ready"), 1);
    EXPECT_EQ(events("session.ready"), 1);
}

TEST_F(ProbeStem, RejectsWhatIsNoAudioAndSaysWhy) {
    auto const sound = wav(sine({}));
    upload("01_Drums.wav", "not audio at all");
    upload("02_Bass.wav", "");
    upload("03_Vocals.wav", sound.substr(0, sound.size() / 2));
    for (int i = 0; i < 3; ++i) {
        run_next_probe();
    }
    using Codes = std::vector<std::string>;
    EXPECT_EQ(findings("01_Drums.wav"), Codes{"unreadable:refuse"});
    EXPECT_EQ(findings("02_Bass.wav"), Codes{"empty:refuse"});
    EXPECT_EQ(findings("03_Vocals.wav"), Codes{"truncated:refuse"});
    EXPECT_EQ(stem("02_Bass.wav").text("state"), "rejected");
    EXPECT_FALSE(stem("02_Bass.wav").maybe_text("media"));
    EXPECT_EQ(events("stem.rejected"), 3);
    EXPECT_EQ(session_state(), "draft");
}

TEST_F(ProbeStem, LooksAtEverySample) {
    auto signal = sine({});
    signal[48'001] = std::numeric_limits<float>::quiet_NaN();
    upload("01_Drums.wav", wav(signal));
    run_next_probe();
    EXPECT_EQ(findings("01_Drums.wav"), std::vector<std::string>{"not_a_number:refuse"});
    auto const list = json::parse(stem("01_Drums.wav").text("findings"));
    EXPECT_EQ(list.at(0).at("measured").to_number<double>(), 1.0);
    EXPECT_EQ(list.at(0).at("start_s").to_number<double>(), 0.5);
    EXPECT_EQ(stem("01_Drums.wav").text("state"), "rejected");
}

TEST_F(ProbeStem, ChecksItsAudio) {
    auto clipped = whole_sound();
    for (float& x : clipped) {
        x = std::clamp(4.0F * x, -1.0F, 1.0F);
    }
    upload("01_Drums.wav", wav(clipped));
    run_next_probe();
    EXPECT_EQ(stem("01_Drums.wav").text("state"), "ready");
    EXPECT_EQ(findings("01_Drums.wav"), std::vector<std::string>{"clipped_samples:warn"});
}

TEST_F(ProbeStem, WarnsOfWhatAPersonMustDecide) {
    upload("take 7.wav", wav(silence(48'000)));
    run_next_probe();
    EXPECT_EQ(stem("take 7.wav").text("state"), "ready");
    EXPECT_EQ(stem("take 7.wav").text("role"), "other");
    EXPECT_EQ(findings("take 7.wav"), (std::vector<std::string>{"label:warn", "silent:warn"}));
}

TEST_F(ProbeStem, RefusesMoreThanTwoChannels) {
    auto const six = wave_of(
        {format_chunk({.channels = 6, .bits = 24}), chunk("data", counting_bytes(6 * 3 * 4'800))}
    );
    upload("01_Drums.wav", {reinterpret_cast<char const*>(six.data()), six.size()});
    run_next_probe();
    EXPECT_EQ(findings("01_Drums.wav"), std::vector<std::string>{"channel_count:refuse"});
}

TEST_F(ProbeStem, KeepsTheRoleThatSomebodySet) {
    upload("01_Drums.wav", wav(sine({})));
    service.database().query("UPDATE stem SET role='fx'");
    run_next_probe();
    EXPECT_EQ(stem("01_Drums.wav").text("role"), "fx");
}

TEST_F(ProbeStem, GivesReferencesNoRole) {
    upload("some song.wav", wav(sine({})), "reference");
    run_next_probe();
    EXPECT_EQ(stem("some song.wav").text("state"), "ready");
    EXPECT_FALSE(stem("some song.wav").maybe_text("role"));
    EXPECT_TRUE(findings("some song.wav").empty());
    EXPECT_EQ(session_state(), "draft"); // it has no stem
}

TEST_F(ProbeStem, WaitsWithTheSessionForAllItsStems) {
    upload("01_Drums.wav", wav(sine({})));
    upload("02_Bass.wav", wav(sine({.hz = 60.0})));
    run_next_probe();
    EXPECT_EQ(session_state(), "draft");
    run_next_probe();
    EXPECT_EQ(session_state(), "ready");
}

TEST_F(ProbeStem, LeavesAStemAloneThatWasReplacedMeanwhile) {
    upload("01_Drums.wav", "not audio");
    upload("01_Drums.wav", wav(sine({})));
    run_next_probe();
    EXPECT_EQ(stem("01_Drums.wav").text("state"), "probing");
    EXPECT_EQ(events("stem.rejected"), 0);
    run_next_probe();
    EXPECT_EQ(stem("01_Drums.wav").text("state"), "ready");
}

TEST_F(ProbeStem, StopsWhenItIsAsked) {
    upload("01_Drums.wav", wav(sine({})));
    auto const lease = service.queue().claim({.owner = "worker", .kinds = {"probe"}});
    ASSERT_TRUE(lease);
    std::stop_source stop;
    stop.request_stop();
    try {
        static_cast<void>(service::probe_stem(lease->spec, service.blobs(), stop.get_token()));
        ADD_FAILURE() << "it went on";
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::cancelled);
    }
}

/// A file may kill every worker that looks at it: its stem does not stay "probing" for ever.
TEST_F(ProbeStem, RejectsAStemWhoseProbeIsDead) {
    upload("01_Drums.wav", wav(sine({})));
    constexpr std::int64_t kLong_ms = std::int64_t{24} * 3'600'000;
    for (int i = 0; i < 5; ++i) {
        service.advance_clock(kLong_ms);
        auto const lease = service.queue().claim({.owner = "worker", .kinds = {"probe"}});
        ASSERT_TRUE(lease);
        EXPECT_TRUE(
            service.queue().fail(*lease, service::Outcome::broken, "internal", "the decoder died")
        );
    }
    EXPECT_EQ(stem("01_Drums.wav").text("state"), "rejected");
    EXPECT_EQ(findings("01_Drums.wav"), std::vector<std::string>{"unreadable:refuse"});
    EXPECT_EQ(events("stem.rejected"), 1);
}

} // namespace

} // namespace stemlathe::test
