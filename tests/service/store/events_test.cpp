#include "service/store/events.hpp"
#include "tests/service/store/test_database.hpp"

#include <gtest/gtest.h>

namespace stemlathe::service {

namespace {

using test::DatabaseNames;
using test::Databases;

template <typename Store>
class Events : public ::testing::Test {
  protected:
    std::int64_t
    append(std::string const& tenant, std::optional<std::string> session, std::string const& type) {
        Transaction transaction{database};
        auto const seq = append_event(
            database,
            {.tenant = tenant,
             .session = std::move(session),
             .type = type,
             .subject = "s",
             .data = "{}"}
        );
        transaction.commit();
        return seq;
    }

    std::vector<std::int64_t> seqs_after(EventFilter const& filter, std::int64_t seq) {
        std::vector<std::int64_t> seqs;
        for (auto const& event : events_after(database, filter, seq, 100)) {
            seqs.push_back(event.seq);
        }
        return seqs;
    }

    Store store;
    Database& database = store.database();
};

TYPED_TEST_SUITE(Events, Databases, DatabaseNames);

TYPED_TEST(Events, AreReadInOrderByTenantAndSession) {
    auto const a = this->append("anna", "ses_1", "stem.ready");
    auto const b = this->append("bert", "ses_2", "stem.ready");
    auto const c = this->append("anna", "ses_3", "stem.ready");
    auto const d = this->append("anna", std::nullopt, "house.note");
    using Seqs = std::vector<std::int64_t>;
    EXPECT_EQ(this->seqs_after({}, 0), (Seqs{a, b, c, d}));
    EXPECT_EQ(this->seqs_after({.tenant = "anna"}, 0), (Seqs{a, c, d}));
    EXPECT_EQ(this->seqs_after({.tenant = "anna"}, a), (Seqs{c, d}));
    EXPECT_EQ(this->seqs_after({.tenant = "anna", .session = "ses_3"}, 0), (Seqs{c}));
    EXPECT_EQ(this->seqs_after({.tenant = "anna", .session = "ses_2"}, 0), (Seqs{}));
    EXPECT_EQ(this->seqs_after({}, d), (Seqs{}));
    auto const first = events_after(this->database, {}, 0, 1);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first.front().session, "ses_1");
    EXPECT_EQ(first.front().at_ms, this->store.now_ms());
}

TYPED_TEST(Events, VanishWithTheChangeTheyTellOf) {
    {
        Transaction transaction{this->database};
        append_event(this->database, {.tenant = "anna", .type = "x", .subject = "s", .data = "{}"});
    }
    EXPECT_EQ(event_span(this->database).newest, 0);
}

TYPED_TEST(Events, ForgetProgressFirstAndTheNewestNever) {
    auto const old_progress = this->append("anna", "s", std::string{kProgressEvent});
    auto const old_result = this->append("anna", "s", "render.succeeded");
    this->store.advance(10'000);
    auto const new_progress = this->append("anna", "s", std::string{kProgressEvent});
    EXPECT_EQ(thin_events(this->database, {.progress_ms = 5'000, .any_ms = 60'000}), 1);
    EXPECT_EQ(this->seqs_after({}, 0), (std::vector<std::int64_t>{old_result, new_progress}));
    EXPECT_EQ(event_span(this->database).oldest, old_progress + 1);
    this->store.advance(100'000);
    EXPECT_EQ(thin_events(this->database, {.progress_ms = 5'000, .any_ms = 60'000}), 1);
    EXPECT_EQ(thin_events(this->database, {.progress_ms = 5'000, .any_ms = 60'000}), 0);
    EXPECT_EQ(event_span(this->database).oldest, new_progress);
    EXPECT_EQ(event_span(this->database).newest, new_progress);
}

} // namespace

} // namespace stemlathe::service
