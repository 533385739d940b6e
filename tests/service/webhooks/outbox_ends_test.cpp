#include "tests/service/webhooks/outbox_fixture.hpp"

// When a webhook is sent nothing any more, and what is kept of it.
namespace stemlathe::test {
namespace {

template <typename Store>
class OutboxEnds : public OutboxOn<Store> {};

TYPED_TEST_SUITE(OutboxEnds, Databases, DatabaseNames);

TYPED_TEST(OutboxEnds, StopsWhereTheReceiverSaysThatItIsGone) {
    this->hook("whk_1", "anna");
    this->happen("anna", "render.queued", "rnd_1");
    this->happen("anna", "render.succeeded", "rnd_1");
    this->outbox.read_log(this->database);
    auto const one = this->claim_one(this->outbox);
    EXPECT_TRUE(this->outbox.note(
        this->database, one, {.status = 410, .error = "the receiver answered 410"}, kNoJitter
    ));
    EXPECT_EQ(this->webhook("whk_1").text("disabled_why"), "gone");
    EXPECT_EQ(this->webhook("whk_1").integer("version"), 2);
    EXPECT_EQ(this->delivery(one.id).text("last_error"), "the receiver answered 410");
    EXPECT_TRUE(this->waiting().empty());
    auto const event = service::events_after(this->database, {}, 0, 100).back();
    EXPECT_EQ(event.type, "webhook.disabled");
    EXPECT_EQ(event.tenant, "anna");
    EXPECT_EQ(event.subject, "whk_1");
    EXPECT_EQ(event.data, R"({"reason":"gone"})");
    this->happen("anna", "render.queued", "rnd_2");
    EXPECT_EQ(this->outbox.read_log(this->database), 0);
}

TYPED_TEST(OutboxEnds, StopsAfterFiveDaysOfGivingUpButNotIfOneArrived) {
    this->hook("whk_1", "anna");
    auto const start = this->store.now_ms();
    auto const next = [&](int i) {
        this->happen("anna", "render.queued", "rnd_" + std::to_string(i));
        this->outbox.read_log(this->database);
    };
    int count = 0;
    auto const days = [&] {
        return static_cast<double>(this->store.now_ms() - start) / kDay_ms;
    };
    while (days() < 5.0) {
        next(++count);
        this->give_up(this->outbox);
        EXPECT_EQ(this->webhook("whk_1").maybe_integer("disabled"), std::nullopt) << days();
    }
    next(++count);
    this->outbox.note(this->database, this->claim_one(this->outbox), kArrived, kNoJitter);
    EXPECT_EQ(this->webhook("whk_1").maybe_integer("failing_since"), std::nullopt);
    next(++count);
    this->give_up(this->outbox);
    auto const failing_since = this->webhook("whk_1").integer("failing_since");
    while (this->store.now_ms() < failing_since + 5 * kDay_ms) {
        EXPECT_EQ(this->webhook("whk_1").maybe_integer("disabled"), std::nullopt);
        next(++count);
        this->give_up(this->outbox);
    }
    EXPECT_EQ(this->webhook("whk_1").text("disabled_why"), "failing");
    auto const events = service::events_after(this->database, {}, 0, 100);
    EXPECT_EQ(events.back().data, R"({"reason":"failing"})");
}

TYPED_TEST(OutboxEnds, SendsATestToTheOneThatIsTested) {
    this->hook("whk_1", "anna", R"(["stem.ready"])");
    this->hook("whk_2", "anna");
    this->hook("whk_house", "house");
    service::Transaction transaction{this->database};
    auto const id = service::make_test_delivery(this->database, "whk_1", "anna");
    transaction.commit();
    this->outbox.read_log(this->database);
    EXPECT_EQ(this->waiting(), std::vector<std::string>{"whk_1:webhook.test:whk_1"});
    EXPECT_EQ(this->claim_one(this->outbox).id, id);
}

TYPED_TEST(OutboxEnds, ForgetsWhatIsDoneAfterAMonthAndOldSecretsAfterADay) {
    this->hook("whk_1", "anna");
    this->database.query("UPDATE webhook SET old_secret='old', old_until=now_ms()+$1", {kDay_ms});
    this->happen("anna", "render.queued", "rnd_1");
    this->happen("anna", "render.queued", "rnd_2");
    this->outbox.read_log(this->database);
    auto const both = this->outbox.claim(this->database, 10);
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0].old_secret, "old");
    this->outbox.note(this->database, both[0], kArrived, kNoJitter);
    this->outbox.release(this->database, both[1]);
    this->store.advance(kDay_ms);
    EXPECT_EQ(this->claim_one(this->outbox).old_secret, std::nullopt) << "also before it is tidied";
    EXPECT_EQ(this->outbox.tidy(this->database), 0);
    EXPECT_EQ(this->webhook("whk_1").maybe_text("old_secret"), std::nullopt);
    this->store.advance(29 * kDay_ms + 1);
    EXPECT_EQ(this->outbox.tidy(this->database), 1);
    EXPECT_EQ(this->waiting().size(), 1U) << "what waits is never forgotten";
}

} // namespace
} // namespace stemlathe::test
