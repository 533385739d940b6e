#include "host/pipeline/master.hpp"
#include "host/session/scan.hpp"
#include "service/client/documents.hpp"
#include "service/client/follow.hpp"
#include "service/client/ordered_plan.hpp"
#include "service/client/submit.hpp"
#include "tests/service/client/fake_service.hpp"
#include "tests/support/files.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

constexpr int kRate_hz = 44'100;

class Submit : public testing::Test {
  protected:
    void SetUp() override {
        write_session(song, 0.5, kRate_hz);
        for (auto const& entry : std::filesystem::directory_iterator{song}) {
            stem_names.insert(entry.path().filename().string());
        }
        stem = *stem_names.begin();
        write_file(
            song / "session.toml",
            "title = \"Harbour Lights\"\nartist = \"The Quays\"\nplatforms = [\"spotify\"]\n"
            "[[stem]]\nfile = \"" +
                stem + "\"\nrole = \"fx\"\npriority = 7\noffset_s = 0.25\n"
        );
        write_file(song / "comments.txt", "0:00 - too harsh\nall of it is too loud\n");
        write_file(song / "references" / "release.mp3", "no audio, but sent");
        std::filesystem::copy_file(song / stem, song / "Reference_Mix.wav");
    }

    boost::json::object submit() {
        auto const session = scan_session(song);
        auto const parts = service::parts_of(session);
        service::Remote remote{settings, stop.get_token()};
        service::Steps steps{sink, 100.0};
        service::SubmitState state{
            service::SubmitState::path_in(temp / "state", remote.server(), song),
            service::signature_of(session, parts)};
        auto render = service::submit_session(remote, session, parts, wish, state, steps);
        if (forgets) {
            state.forget();
        }
        return render;
    }

    FakeService::File file_named(std::string const& name) {
        for (auto const& file : fake.files()) {
            if (file.name == name) {
                return file;
            }
        }
        return {};
    }

    TempFolder const temp{};
    std::filesystem::path const song = temp / "song";
    std::set<std::string> stem_names{};
    std::string stem{};
    FakeService fake{};
    service::RemoteSettings settings = fake.settings();
    service::SubmitWish wish{};
    std::stop_source stop{};
    ProgressSink sink{};
    bool forgets = true;
};

TEST_F(Submit, SendsEverythingThatTheFolderSays) {
    wish.preset = "pre_1";
    wish.deliveries = {"cd", "vinyl"};
    auto const render = submit();
    EXPECT_EQ(service::text_in(render, "id"), "rnd_1");
    ASSERT_EQ(fake.sessions().size(), 1U);
    auto const session = fake.sessions()[0];
    EXPECT_EQ(session.at("title"), "Harbour Lights");
    EXPECT_EQ(session.at("platforms").as_array().size(), 1U);
    EXPECT_EQ(session.at("preset"), "pre_1");
    for (auto const& name : stem_names) {
        EXPECT_EQ(file_named(name).kind, "stem") << name;
        EXPECT_TRUE(file_named(name).bytes == read_file(song / name)) << name;
    }
    EXPECT_EQ(file_named("Reference_Mix.wav").kind, "reference_mix");
    EXPECT_EQ(file_named("release.mp3").kind, "reference");
    ASSERT_EQ(fake.comments().size(), 2U);
    EXPECT_FALSE(fake.comments()[0].contains("start_s")); // of the whole song
    EXPECT_EQ(fake.comments()[1].at("start_s").to_number<double>(), 0.0);
    ASSERT_EQ(fake.orders().size(), 1U);
    EXPECT_EQ(fake.orders()[0].at("deliveries").as_array().size(), 2U);
    EXPECT_TRUE(fake.orders()[0].at("plan").is_null());
}

TEST_F(Submit, TellsRolePriorityAndOffsetOfStems) {
    submit();
    auto const& settings_there = file_named(stem).settings;
    EXPECT_EQ(settings_there.at("role"), "fx");
    EXPECT_EQ(settings_there.at("priority").to_number<int>(), 7);
    EXPECT_EQ(settings_there.at("offset_s").to_number<double>(), 0.25);
}

TEST_F(Submit, SendsAPlanAsItsDocument) {
    write_file(temp / "plan.toml", "[masking]\nfix = \"off\"\n");
    wish.plan = temp / "plan.toml";
    submit();
    ASSERT_EQ(fake.orders().size(), 1U);
    EXPECT_EQ(fake.orders()[0].at("plan").at("masking").at("fix"), "off");
}

constexpr char const* kLabelX =
    "[[profile]]\nname = \"label_x\"\nbased_on = \"streaming\"\nintegrated_lufs = -12.0\n";

TEST_F(Submit, SendsAlongWhatTheSessionsOwnProfilesSay) {
    write_file(song / "profiles.toml", kLabelX);
    wish.deliveries = {"cd", "label_x"};
    submit();
    auto const order = fake.orders().at(0);
    EXPECT_FALSE(order.contains("deliveries")) << "the service knows no label_x";
    auto const& deliveries = order.at("plan").at("delivery").as_array();
    ASSERT_EQ(deliveries.size(), 2U);
    EXPECT_EQ(deliveries[0].at("profile"), "cd");
    EXPECT_EQ(deliveries[1].at("profile"), "label_x");
    EXPECT_EQ(deliveries[1].at("based_on"), "streaming");
    EXPECT_EQ(deliveries[1].at("integrated_lufs").to_number<double>(), -12.0);
}

TEST_F(Submit, TheSessionsProfileWinsOverThatOfTheUser) {
    write_file(temp / "profiles.toml", kLabelX);
    wish.profile_files = {temp / "profiles.toml"};
    wish.deliveries = {"label_x"};
    auto const lufs = [&] {
        auto const ordered = service::ordered_plan(wish, scan_session(song));
        auto const& delivery = ordered.plan.at("delivery").as_array().at(0);
        return delivery.at("integrated_lufs").to_number<double>();
    };
    EXPECT_EQ(lufs(), -12.0);
    write_file(
        song / "profiles.toml",
        "[[profile]]\nname = \"label_x\"\nbased_on = \"streaming\"\nintegrated_lufs = -11.0\n"
    );
    EXPECT_EQ(lufs(), -11.0);
}

TEST_F(Submit, RefusesAnOwnProfileBesideAPresetWhosePlanItWouldHide) {
    write_file(song / "profiles.toml", kLabelX);
    wish.preset = "pre_1";
    wish.deliveries = {"label_x"};
    EXPECT_TRUE(fails_with(Code::invalid_argument, "the preset pre_1", [&] { submit(); }));
    EXPECT_TRUE(fake.sessions().empty()) << "said before anything is sent";
    wish.deliveries = {"label_y"};
    EXPECT_TRUE(fails_with(Code::invalid_argument, "label_x", [&] { submit(); }));
}

TEST_F(Submit, SendsVersionsAsStemsByName) {
    wish.versions.names = {"instrumental"};
    wish.versions.peaks = VersionPeaks::trim;
    submit();
    auto const order = fake.orders().at(0);
    auto const& version = order.at("plan").at("version").as_array().at(0);
    EXPECT_EQ(version.at("name"), "instrumental");
    EXPECT_EQ(version.at("peaks"), "trim");
    auto const& stems = version.at("stems").as_array();
    EXPECT_EQ(stems.size(), stem_names.size() - 1) << "all but the vocals";
    for (auto const& name : stems) {
        EXPECT_TRUE(stem_names.contains(std::string{name.as_string()})) << name;
    }
    wish.versions.names = {"karaoke"};
    EXPECT_TRUE(fails_with(Code::invalid_argument, "karaoke", [&] { submit(); }));
}

TEST_F(Submit, GoesOnAfterABreakAtAnyRequest) {
    // Ctrl-C at every request in turn; each time it is begun again, until it is through.
    forgets = false;
    int requests = 0;
    for (int break_at = 1; break_at < 200; ++break_at) {
        stop = std::stop_source{};
        requests = 0;
        fake.fail_before([&, break_at](FakeRequest const& request) -> std::optional<FakeReply> {
            if (request.method != "GET" && ++requests == 1 + break_at % 2) {
                stop.request_stop();
                return break_at % 3 == 0 ? std::optional{FakeReply{.is_lost = true}} : std::nullopt;
            }
            return std::nullopt;
        });
        try {
            submit();
            break;
        } catch (Failure const& failure) {
            ASSERT_EQ(failure.code(), Code::cancelled) << failure.what();
        }
    }
    EXPECT_EQ(fake.sessions().size(), 1U);
    EXPECT_EQ(fake.orders().size(), 1U);
    EXPECT_EQ(fake.comments().size(), 2U);
    EXPECT_EQ(fake.files().size(), stem_names.size() + 2);
}

TEST_F(Submit, BeginsAnewWhereTheFolderHasChanged) {
    forgets = false;
    submit();
    write_file(song / "comments.txt", "0:00 - better now\n");
    submit();
    EXPECT_EQ(fake.sessions().size(), 2U);
}

TEST_F(Submit, BeginsAnewWhereTheSessionWasDeleted) {
    forgets = false;
    submit();
    fake.fail_before(first(1, "GET /v1/sessions/ses_1", problem(404, "not-found", "gone")));
    submit();
    EXPECT_EQ(fake.sessions().size(), 2U);
    EXPECT_EQ(fake.orders().size(), 2U);
}

TEST_F(Submit, SaysWhatTheServiceRejects) {
    fake.reject(stem);
    EXPECT_TRUE(fails_with(Code::intake_refused, stem + " is damaged inside", [&] { submit(); }));
    EXPECT_TRUE(fake.orders().empty());
    wish.force = true;
    submit();
    EXPECT_EQ(fake.orders().size(), 1U);
}

TEST_F(Submit, SendsNothingThatIntakeRefusesHere) {
    write_file(song / "06_Broken.wav", "RIFF");
    EXPECT_THROW(submit(), IntakeRefused);
    EXPECT_EQ(fake.count("POST "), 0);
}

TEST_F(Submit, TellsHowFarItIs) {
    std::vector<Progress> told;
    sink = [&](Progress const& progress) {
        told.push_back(progress);
    };
    submit();
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.front().stage, "upload");
    EXPECT_EQ(told.back().stage, "check");
    double last = 0.0;
    for (auto const& progress : told) {
        EXPECT_GE(progress.percent, last);
        last = progress.percent;
    }
    EXPECT_EQ(last, service::kProbeShare.to);
}

TEST(Follow, EndsWithTheRendersOwnFailure) {
    FakeService fake;
    service::Remote remote{fake.settings(), {}};
    remote.post("/v1/sessions", {}, "s");
    remote.post("/v1/sessions/ses_1/renders", {}, "r");
    service::Steps steps{{}, 100.0};
    fake.end_renders_with(
        {{"state", "failed"},
         {"problem", {{"code", "intake_refused"}, {"message", "no stem can be read"}}}}
    );
    EXPECT_TRUE(fails_with(Code::intake_refused, "no stem can be read", [&] {
        static_cast<void>(service::follow_render(remote, "rnd_1", steps));
    }));
    fake.end_renders_with({{"state", "canceled"}});
    EXPECT_TRUE(fails_with(Code::cancelled, "was cancelled", [&] {
        static_cast<void>(service::follow_render(remote, "rnd_1", steps));
    }));
}

} // namespace

} // namespace stemlathe::test
