#include "tests/service/agent/real_executor_fixture.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/wav_files.hpp"

#include <boost/json/parse.hpp>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

constexpr double kLongSong_s = 60.0;

bool has(std::vector<std::string> const& names, std::string_view start, std::string_view end) {
    return std::ranges::any_of(names, [&](std::string const& name) {
        return name.starts_with(start) && name.ends_with(end);
    });
}

TEST_F(RealExecutor, MakesMastersAReportAndWhatABrowserPlays) {
    auto const job = site.enqueue("ses_1");
    auto const agent = site.agent(WorkSite::settings("real"));
    ASSERT_TRUE(ends(job));
    ASSERT_EQ(site.state(job), "succeeded") << site.status(job).error.value_or("");
    auto const names = site.outputs(job);
    EXPECT_TRUE(has(names, "masters/streaming/", ".wav"));
    EXPECT_TRUE(has(names, "review/review.mp3", ""));
    EXPECT_TRUE(has(names, "plan.toml", ""));
    EXPECT_EQ(
        site.count("SELECT count(*) AS count FROM output WHERE profile='streaming' "
                   "AND name LIKE 'masters/streaming/%'"),
        4 // the master, qc.json, qc.pdf and streaming.md5
    );
    EXPECT_TRUE(has(names, "qc.pdf", ""));

    auto const result = boost::json::parse(site.status(job).result.value());
    auto const report = boost::json::parse(text_of(job, "report.json"));
    EXPECT_EQ(result.at("deliveries"), report.at("deliveries"));
    EXPECT_EQ(result.at("engine").at("backend"), "cpu");
    EXPECT_EQ(result.at("masking").at("score_before"), report.at("masking").at("score_before"));
    EXPECT_EQ(result.at("plan").at("schema"), "stemlathe.plan/1");

    auto const peaks = boost::json::parse(text_of(job, "review/peaks.json"));
    EXPECT_EQ(peaks.at("duration_s").to_number<double>(), kSong_s);
    auto const& low = peaks.at("low").as_array();
    auto const& high = peaks.at("high").as_array();
    ASSERT_EQ(low.size(), 4000U);
    ASSERT_EQ(high.size(), 4000U);
    auto const sample_peak =
        result.at("deliveries").at(0).at("sample_peak_dbfs").to_number<double>();
    double greatest = 0.0;
    for (std::size_t i = 0; i < low.size(); ++i) {
        EXPECT_LE(low[i].to_number<double>(), high[i].to_number<double>());
        greatest = std::max({greatest, high[i].to_number<double>(), -low[i].to_number<double>()});
    }
    constexpr double kRounded = 1e-4; // peaks.json has four decimals
    EXPECT_NEAR(greatest, std::pow(10.0, sample_peak / 20.0), kRounded);
}

TEST_F(RealExecutor, SuggestsAPlan) {
    auto const job = site.enqueue("ses_1", "analysis");
    auto const agent = site.agent(WorkSite::settings("real"));
    ASSERT_TRUE(ends(job));
    ASSERT_EQ(site.state(job), "succeeded") << site.status(job).error.value_or("");
    auto const result = boost::json::parse(site.status(job).result.value());
    EXPECT_EQ(result.at("plan").at("schema"), "stemlathe.plan/1");
    EXPECT_TRUE(result.at("plan").at("stem").is_array());
    EXPECT_EQ(site.outputs(job).size(), 3U);
}

TEST_F(RealExecutor, ComparesTwoMasters) {
    auto const song = pink_noise({.level_dbfs = -20.0, .frames = 2 * 48'000});
    auto softer = song;
    for (auto& sample : softer) {
        sample *= 0.5F;
    }
    write_wav(temp / "a.wav", song, 48'000);
    write_wav(temp / "b.wav", softer, 48'000);
    site.add_session("ses_2", {temp / "a.wav", temp / "b.wav"});
    auto const job = site.enqueue("ses_2", "compare");
    auto const agent = site.agent(WorkSite::settings("real"));
    ASSERT_TRUE(ends(job));
    ASSERT_EQ(site.state(job), "succeeded") << site.status(job).error.value_or("");
    auto const result = boost::json::parse(site.status(job).result.value()).at("comparison");
    EXPECT_NEAR(result.at("gain_db").to_number<double>(), 20.0 * std::log10(2.0), 0.001);
    EXPECT_LT(result.at("residual_db").to_number<double>(), -90.0);
    EXPECT_EQ(result.at("bands").as_array().size(), 27U);
    EXPECT_TRUE(site.outputs(job).empty());
}

TEST_F(RealExecutor, RefusesWhatIsNoAudio) {
    write_file(temp / "02_Noise.wav", "RIFF and nothing behind it");
    site.add_session("ses_2", {temp / "02_Noise.wav"});
    auto const job = site.enqueue("ses_2");
    auto const agent = site.agent(WorkSite::settings("real"));
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "failed");
    EXPECT_EQ(site.status(job).error_code, "intake_refused");
    auto const sentence = site.status(job).error.value_or("");
    EXPECT_NE(sentence.find("02_Noise.wav"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find(temp.path().string()), std::string::npos) << sentence;
}

TEST_F(RealExecutor, StopsWhenItIsCancelled) {
    add_song("ses_long", kLongSong_s); // under way for long enough to be cancelled
    auto const job = site.enqueue("ses_long");
    auto const agent = site.agent(WorkSite::settings("real"));
    ASSERT_TRUE(comes_true([&] { return site.status(job).progress > 0; }));
    EXPECT_TRUE(site.cancel(job));
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "canceled");
    EXPECT_TRUE(site.outputs(job).empty());
}

TEST_F(RealExecutor, MayBeKilledAtAnyMomentAndMakesTheSameBytes) {
    std::vector<std::string> jobs;
    for (int i = 0; i < 4; ++i) {
        jobs.push_back(site.enqueue("ses_1", "render", 1'000));
    }
    auto const agent = site.agent(WorkSite::settings("real"));
    constexpr std::array<int, 8> kMoments_ms{60, 450, 900, 210, 1'400, 700, 300, 1'100};
    for (int const moment_ms : kMoments_ms) {
        ::poll(nullptr, 0, moment_ms);
        auto const process = agent->executors().front();
        if (process > 0) {
            ::kill(process, SIGKILL);
        }
        site.hurry();
    }
    for (auto const& job : jobs) {
        ASSERT_TRUE(ends(job));
        EXPECT_EQ(site.state(job), "succeeded");
        EXPECT_FALSE(site.outputs(job).empty());
    }
    EXPECT_EQ(
        site.count("SELECT count(DISTINCT digest) AS count FROM output "
                   "WHERE name LIKE 'masters/%'"),
        4 // the master, qc.json, qc.pdf and streaming.md5
    );
}

} // namespace

} // namespace stemlathe::test
