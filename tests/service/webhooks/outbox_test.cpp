#include "tests/service/webhooks/outbox_fixture.hpp"

// The way of events from the log to webhooks, in both databases: what is made, claimed, repeated,
// given up.
namespace stemlathe::test {
namespace {

TYPED_TEST_SUITE(OutboxOn, Databases, DatabaseNames);

TYPED_TEST(OutboxOn, HoldsWhatAWebhookHearsOfSinceItWasMade) {
    this->happen("anna", "render.queued", "rnd_0");
    this->hook("whk_all", "anna");
    this->hook("whk_renders", "anna", R"(["render.*","job.progress"])");
    this->hook("whk_house", "house", R"(["stem.ready"])");
    this->happen("anna", "render.queued", "rnd_1");
    this->happen("anna", "job.progress", "rnd_1");
    this->happen("bert", "stem.ready", "stm_1");
    this->happen("anna", "stem.ready", "stm_2");
    EXPECT_EQ(this->outbox.read_log(this->database), 6);
    EXPECT_EQ(
        this->waiting(),
        (std::vector<std::string>{
            "whk_all:render.queued:rnd_1",
            "whk_all:stem.ready:stm_2",
            "whk_house:stem.ready:stm_1",
            "whk_house:stem.ready:stm_2",
            "whk_renders:render.queued:rnd_1",
            "whk_renders:job.progress:rnd_1"})
    );
    EXPECT_EQ(this->outbox.read_log(this->database), 0) << "each only once,";
    Outbox restarted{this->settings, "key"};
    EXPECT_EQ(restarted.read_log(this->database), 0) << "also after a restart";
}

TYPED_TEST(OutboxOn, SendsTheEventAsTheLogHasIt) {
    this->hook("whk_1", "anna");
    auto const seq = this->happen("anna", "render.queued", "rnd_1", R"({"revision":3})");
    this->outbox.read_log(this->database);
    auto const claimed = this->claim_one(this->outbox);
    EXPECT_TRUE(claimed.id.starts_with("msg_"));
    EXPECT_EQ(claimed.url, "https://whk_1.example/");
    EXPECT_EQ(claimed.attempt, 1);
    auto const body = boost::json::parse(claimed.body).as_object();
    EXPECT_EQ(body.at("type").as_string(), "render.queued");
    EXPECT_EQ(body.at("timestamp").as_string(), "2027-01-15T08:00:00.000Z");
    EXPECT_EQ(body.at("id").as_int64(), seq);
    EXPECT_EQ(body.at("client").as_string(), "anna");
    EXPECT_EQ(body.at("session").as_string(), "ses_1");
    EXPECT_EQ(body.at("subject").as_string(), "rnd_1");
    EXPECT_EQ(body.at("data").at("revision").as_int64(), 3);
}

TYPED_TEST(OutboxOn, SendsWhatIsAboutOneSubjectInOrder) {
    this->hook("whk_1", "anna");
    this->hook("whk_2", "anna");
    for (auto const* type : {"render.queued", "render.succeeded"}) {
        this->happen("anna", type, "rnd_1");
        this->happen("anna", type, "rnd_2");
    }
    this->outbox.read_log(this->database);
    auto const first = this->outbox.claim(this->database, 100);
    ASSERT_EQ(first.size(), 4U) << "the first of both subjects, for both webhooks";
    for (auto const& one : first) {
        EXPECT_EQ(this->delivery(one.id).text("type"), "render.queued");
    }
    EXPECT_TRUE(this->outbox.claim(this->database, 100).empty());
    this->outbox.note(this->database, first[0], kArrived, kNoJitter);
    for (std::size_t i = 1; i < first.size(); ++i) {
        this->outbox.note(this->database, first[i], kSilence, kNoJitter);
    }
    auto const next = this->claim_one(this->outbox); // not of those that are repeated later
    EXPECT_EQ(next.webhook, first[0].webhook);
    EXPECT_EQ(this->delivery(next.id).text("type"), "render.succeeded");
    EXPECT_EQ(this->delivery(next.id).text("subject"), this->delivery(first[0].id).text("subject"));
}

TYPED_TEST(OutboxOn, GoesOnWithASubjectWhenItsFirstIsGivenUp) {
    this->hook("whk_1", "anna");
    this->happen("anna", "render.queued", "rnd_1");
    this->happen("anna", "render.succeeded", "rnd_1");
    this->outbox.read_log(this->database);
    this->give_up(this->outbox);
    EXPECT_EQ(this->delivery(this->claim_one(this->outbox).id).text("type"), "render.succeeded");
}

TYPED_TEST(OutboxOn, RepeatsWithLongerAndLongerPausesAndThenGivesUp) {
    this->hook("whk_1", "anna");
    this->happen("anna", "render.queued", "rnd_1");
    this->outbox.read_log(this->database);
    std::string id;
    for (std::int64_t const pause_ms :
         {std::int64_t{5'000},
          5 * kMinute_ms,
          30 * kMinute_ms,
          2 * kHour_ms,
          5 * kHour_ms,
          10 * kHour_ms,
          10 * kHour_ms}) {
        auto const one = this->claim_one(this->outbox);
        EXPECT_TRUE(id.empty() || id == one.id) << "webhook-id stays";
        id = one.id;
        EXPECT_FALSE(this->outbox.note(this->database, one, kRefused, kNoJitter));
        EXPECT_EQ(this->delivery(id).integer("next_at") - this->store.now_ms(), pause_ms);
        EXPECT_EQ(this->delivery(id).integer("last_status"), 500);
        this->store.advance(pause_ms - 1);
        EXPECT_TRUE(this->outbox.claim(this->database, 10).empty());
        this->store.advance(1);
    }
    auto const last = this->claim_one(this->outbox);
    EXPECT_EQ(last.attempt, 8);
    this->outbox.note(this->database, last, kSilence, kNoJitter);
    EXPECT_EQ(this->delivery(id).text("state"), "given_up");
    EXPECT_EQ(this->delivery(id).maybe_integer("last_status"), std::nullopt);
    EXPECT_EQ(this->delivery(id).text("last_error"), "no answer came");
    this->store.advance(kDay_ms);
    EXPECT_TRUE(this->outbox.claim(this->database, 10).empty());
}

TYPED_TEST(OutboxOn, SpreadsRetriesByATenth) {
    this->hook("whk_1", "anna");
    for (auto const& [chance, pause_ms] :
         {std::pair{0.0, std::int64_t{4'500}}, {0.5, 5'000}, {1.0, 5'500}}) {
        this->happen("anna", "render.queued", "rnd_" + std::to_string(pause_ms));
        this->outbox.read_log(this->database);
        auto const one = this->claim_one(this->outbox);
        this->outbox.note(this->database, one, kSilence, chance);
        EXPECT_EQ(this->delivery(one.id).integer("next_at") - this->store.now_ms(), pause_ms);
    }
}

TYPED_TEST(OutboxOn, IsSharedByALeaseThatOutlivesNobody) {
    this->hook("whk_1", "anna");
    this->happen("anna", "render.queued", "rnd_1");
    Outbox other{this->settings, "key"};
    EXPECT_EQ(this->outbox.read_log(this->database) + other.read_log(this->database), 1);
    auto const lost = this->claim_one(this->outbox);
    EXPECT_TRUE(other.claim(this->database, 10).empty());
    this->store.advance(this->settings.lease().count() - 1);
    EXPECT_TRUE(other.claim(this->database, 10).empty());
    this->store.advance(1); // the first was killed
    auto const found = this->claim_one(other);
    EXPECT_EQ(found.id, lost.id);
    EXPECT_GT(found.fence, lost.fence);
    this->outbox.note(this->database, lost, kRefused, kNoJitter); // or it only was slow
    EXPECT_EQ(this->delivery(lost.id).maybe_integer("last_status"), std::nullopt);
    other.note(this->database, found, kArrived, kNoJitter);
    EXPECT_EQ(this->delivery(lost.id).text("state"), "delivered");
    this->outbox.note(this->database, lost, kRefused, kNoJitter);
    EXPECT_EQ(this->delivery(lost.id).text("state"), "delivered");
    EXPECT_EQ(this->delivery(lost.id).integer("attempt"), 2);
}

TYPED_TEST(OutboxOn, LeavesToOthersWhatItsKeyDoesNotOpen) {
    this->hook("whk_1", "anna");
    this->happen("anna", "render.queued", "rnd_1");
    Outbox stranger{this->settings, "another key"};
    stranger.read_log(this->database);
    EXPECT_TRUE(stranger.claim(this->database, 10).empty());
    EXPECT_EQ(this->outbox.claim(this->database, 10).size(), 1U);
}

TYPED_TEST(OutboxOn, GivesBackWhatAStopDidNotSend) {
    this->hook("whk_1", "anna");
    this->happen("anna", "render.queued", "rnd_1");
    this->outbox.read_log(this->database);
    this->outbox.release(this->database, this->claim_one(this->outbox));
    EXPECT_EQ(this->claim_one(this->outbox).attempt, 1);
}

TYPED_TEST(OutboxOn, KeepsOneWebhookFromFillingAllHands) {
    this->hook("whk_1", "anna");
    this->hook("whk_2", "anna", R"(["render.succeeded"])");
    for (int i = 0; i < 20; ++i) {
        this->happen("anna", "render.queued", "rnd_" + std::to_string(i));
    }
    this->happen("anna", "render.succeeded", "rnd_99");
    this->outbox.read_log(this->database);
    auto const claimed = this->outbox.claim(this->database, 100);
    auto const of = [&](std::string_view webhook) {
        return std::ranges::count(claimed, webhook, &Claimed::webhook);
    };
    EXPECT_EQ(of("whk_1"), this->settings.per_webhook_max);
    EXPECT_EQ(of("whk_2"), 1);
    EXPECT_TRUE(this->outbox.claim(this->database, 100).empty());
    this->outbox.note(this->database, claimed.front(), kArrived, kNoJitter);
    EXPECT_EQ(this->outbox.claim(this->database, 100).size(), 1U);
}

TYPED_TEST(OutboxOn, LeavesInTheLogWhatAFullQueueHasNoRoomFor) {
    Outbox small{small_queue(), "key"};
    this->hook("whk_1", "anna");
    this->hook("whk_2", "bert");
    constexpr int kEvents = 8;
    for (int i = 0; i < kEvents; ++i) {
        this->happen("anna", "render.queued", "rnd_" + std::to_string(i));
    }
    this->happen("bert", "render.queued", "rnd_of_bert");
    EXPECT_EQ(small.read_log(this->database), 4) << "a full queue is nobody else's";
    EXPECT_EQ(small.read_log(this->database), 0);
    std::multiset<std::string> sent;
    for (int rounds = 0; rounds < 2 * kEvents; ++rounds) {
        for (auto const& one : small.claim(this->database, 100)) {
            sent.insert(this->delivery(one.id).text("subject"));
            small.note(this->database, one, kArrived, kNoJitter);
        }
        small.read_log(this->database);
        EXPECT_LE(service::count_waiting_deliveries(this->database, "whk_1"), 3);
    }
    EXPECT_EQ(sent.size(), kEvents + 1U) << "nothing was lost and nothing came twice";
    EXPECT_EQ(std::set<std::string>(sent.begin(), sent.end()).size(), kEvents + 1U);
}

TYPED_TEST(OutboxOn, ReadsALongLogInPartsAndWhoIsBehindFirst) {
    this->hook("whk_1", "anna");
    this->hook("whk_2", "anna");
    constexpr std::int64_t kEvents = 600;
    service::Transaction transaction{this->database};
    for (std::int64_t i = 0; i < kEvents; ++i) {
        service::append_event(
            this->database,
            {.tenant = "anna", .type = "stem.ready", .subject = std::to_string(i), .data = "{}"}
        );
    }
    transaction.commit();
    std::int64_t made = 0;
    for (int part = 0; part == 0 || this->outbox.is_behind(); ++part) {
        auto const count = this->outbox.read_log(this->database);
        EXPECT_LE(count, 256);
        made += count;
        if (part == 1) {
            EXPECT_GT(service::count_waiting_deliveries(this->database, "whk_1"), 0);
            EXPECT_GT(service::count_waiting_deliveries(this->database, "whk_2"), 0);
        }
        ASSERT_LT(part, 20);
    }
    EXPECT_EQ(made, 2 * kEvents);
}

TEST(EventTypes, AreHeardByNameAndByGroup) {
    using Types = std::vector<std::string>;
    EXPECT_TRUE(service::hears(Types{"*"}, "stem.ready"));
    EXPECT_FALSE(service::hears(Types{"*", "job.*"}, "job.progress")) << "it must be named";
    EXPECT_TRUE(service::hears(Types{"job.progress"}, "job.progress"));
    EXPECT_TRUE(service::hears(Types{"stem.ready", "render.*"}, "render.failed"));
    EXPECT_FALSE(service::hears(Types{"render.*"}, "renders.failed"));
    EXPECT_FALSE(service::hears(Types{"render.failed"}, "render.succeeded"));
    EXPECT_FALSE(service::hears(Types{"*", "webhook.*"}, service::kTestEvent));
    EXPECT_FALSE(service::hears(Types{}, "stem.ready"));
}

} // namespace
} // namespace stemlathe::test
