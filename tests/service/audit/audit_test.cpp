#include "kernels/base/failure.hpp"
#include "service/audit/chain.hpp"
#include "service/audit/log_table.hpp"
#include "service/audit/thinner.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/files.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

/// What the audit log proves, and what it cannot.
namespace stemlathe::service {

namespace {

using test::DatabaseNames;
using test::Databases;
using test::fails_with;

constexpr int kEntries = 60;

AuditEntry sample() {
    return {
        .seq = 1,
        .at_ms = 1'800'000'000'000,
        .actor = "slk_1",
        .name = "Ada \"A\"",
        .role = "owner",
        .client = "house",
        .peer = "::1",
        .request = "req_1",
        .action = "token.created",
        .subject = "slk_2",
        .detail = R"({"role":"client"})",
        .prev_hash = first_prev_hash()};
}

/// The digest is that of sha256sum over the zeros and the array, written by hand.
TEST(AuditEntry, HasTheHashThatEverybodyCanWorkOut) {
    EXPECT_EQ(
        canonical_text(sample()),
        R"([1,1800000000000,"slk_1","Ada \"A\"","owner","house","::1","req_1","token.created",)"
        R"("slk_2","{\"role\":\"client\"}"])"
    );
    EXPECT_EQ(
        hash_of(sample()), "f1688520c5ef55a9970496f1f97e5edaec5dda5a559bc2ba6c3fa20604613344"
    );
}

TEST(AuditEntry, HasAnotherHashWhicheverFieldIsAnother) {
    std::vector<std::string AuditEntry::*> const texts{
        &AuditEntry::actor,
        &AuditEntry::name,
        &AuditEntry::role,
        &AuditEntry::client,
        &AuditEntry::peer,
        &AuditEntry::request,
        &AuditEntry::action,
        &AuditEntry::subject,
        &AuditEntry::detail,
        &AuditEntry::prev_hash};
    for (auto const text : texts) {
        auto entry = sample();
        (entry.*text) += "x";
        EXPECT_NE(hash_of(entry), hash_of(sample()));
    }
    for (auto const number : {&AuditEntry::seq, &AuditEntry::at_ms}) {
        auto entry = sample();
        entry.*number += 1;
        EXPECT_NE(hash_of(entry), hash_of(sample()));
    }
    auto moved = sample(); // the same letters in other fields
    moved.actor = "slk_";
    moved.name = "1Ada \"A\"";
    EXPECT_NE(hash_of(moved), hash_of(sample()));
}

TEST(AuditHead, IsReadAsItIsWritten) {
    AuditHead const head{.seq = 17, .hash = hash_of(sample())};
    auto const read = parse_audit_head(text_of(head));
    EXPECT_EQ(read.seq, 17);
    EXPECT_EQ(read.hash, head.hash);
    for (auto const* wrong : {"", "17", "17:", "x:00", "-1:00", "17:ABCDEF"}) {
        EXPECT_TRUE(fails_with(Code::invalid_argument, "--head is", [&] {
            static_cast<void>(parse_audit_head(wrong));
        })) << wrong;
    }
}

template <typename Store>
class AuditLog : public ::testing::Test {
  protected:
    void SetUp() override {
        Transaction transaction{database};
        for (int i = 1; i <= kEntries; ++i) {
            EXPECT_EQ(append(fmt::format("thing {}", i)), i);
        }
        transaction.commit();
    }

    std::int64_t append(std::string const& subject) {
        return append_audit(
            database,
            {.actor = "slk_1",
             .name = "z\u00FCrich \\ \"\n",
             .role = "client",
             .client = "anna",
             .peer = "127.0.0.1",
             .action = "share.created",
             .subject = subject,
             .detail = "{}"}
        );
    }

    /// As somebody does who writes to the database past the service.
    void insert(AuditEntry const& entry) {
        database.query(
            "INSERT INTO audit(seq, at, actor, name, role, client, peer, request, action, subject, "
            "detail, prev_hash, hash) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
            "$13)",
            {entry.seq,
             entry.at_ms,
             entry.actor,
             entry.name,
             entry.role,
             entry.client,
             entry.peer,
             entry.request,
             entry.action,
             entry.subject,
             entry.detail,
             entry.prev_hash,
             entry.hash}
        );
    }

    std::optional<AuditFault> fault(std::optional<AuditHead> noted = std::nullopt) {
        AuditChain chain{std::move(noted)};
        each_audit_entry(database, [&](AuditEntry const& entry) { chain.add(entry); });
        return chain.fault();
    }

    void expect_fault(std::int64_t seq, std::string_view words) {
        auto const found = fault();
        ASSERT_TRUE(found) << words;
        EXPECT_EQ(found->seq, seq);
        EXPECT_NE(found->sentence.find(words), std::string::npos) << found->sentence;
    }

    Store store;
    Database& database = store.database();
};

TYPED_TEST_SUITE(AuditLog, Databases, DatabaseNames);

TYPED_TEST(AuditLog, IsReadPageByPage) {
    {
        Transaction transaction{this->database};
        for (int i = 0; i < 1'000; ++i) { // more than are read at once
            this->append("more");
        }
        transaction.commit();
    }
    AuditChain chain;
    each_audit_entry(this->database, [&](AuditEntry const& entry) { chain.add(entry); });
    EXPECT_FALSE(chain.fault());
    EXPECT_EQ(chain.entries(), kEntries + 1'000);
}

TYPED_TEST(AuditLog, HoldsWhatWasWritten) {
    EXPECT_FALSE(this->fault());
    EXPECT_FALSE(this->fault(audit_head(this->database)));
    EXPECT_EQ(audit_head(this->database).seq, kEntries);
    auto const entries = audit_after(this->database, 5, 2);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].seq, 6);
    EXPECT_EQ(entries[0].subject, "thing 6");
    EXPECT_EQ(entries[0].at_ms, test::kTestClock_ms);
    EXPECT_TRUE(audit_after(this->database, 0, 9, {.action = "share.revoked"}).empty());
    EXPECT_TRUE(audit_after(this->database, 0, 9, {.client = "bert"}).empty());
    EXPECT_TRUE(audit_after(this->database, 0, 9, {.since_ms = test::kTestClock_ms + 1}).empty());
}

TYPED_TEST(AuditLog, NamesAnEntryThatWasChanged) {
    this->database.query("UPDATE audit SET peer='10.0.0.1' WHERE seq=30");
    this->expect_fault(30, "entry 30 was changed");
    this->database.query("UPDATE audit SET at=at+1 WHERE seq=1");
    this->expect_fault(1, "entry 1 was changed");
}

TYPED_TEST(AuditLog, NamesEntriesThatWereRemoved) {
    this->database.query("DELETE FROM audit WHERE seq=30");
    this->expect_fault(30, "entry 30 is missing");
    this->database.query("DELETE FROM audit WHERE seq<=3");
    this->expect_fault(1, "entries 1 to 3 are missing");
}

TYPED_TEST(AuditLog, NamesAnEntryThatWasWrittenAnewWithItsHash) {
    auto entry = audit_after(this->database, 29, 1).front();
    entry.subject = "nothing";
    this->database.query(
        "UPDATE audit SET subject=$1, hash=$2 WHERE seq=30", {entry.subject, hash_of(entry)}
    );
    this->expect_fault(30, "entry 31 does not continue entry 30");
}

TYPED_TEST(AuditLog, NamesAnEntryThatWasRemovedAndTheRestNumberedAnew) {
    this->database.query("DELETE FROM audit WHERE seq=40");
    for (int seq = 41; seq <= kEntries; ++seq) {
        auto entry = audit_after(this->database, seq - 1, 1).front();
        --entry.seq;
        this->database.query(
            "UPDATE audit SET seq=$1, hash=$2 WHERE seq=$3",
            {entry.seq, hash_of(entry), std::int64_t{seq}}
        );
    }
    this->expect_fault(39, "entry 40 does not continue entry 39");
}

/// The forger knows how to hash, but makes the rest only fit by number.
TYPED_TEST(AuditLog, NamesAnEntryThatWasInserted) {
    for (int seq = kEntries; seq > 40; --seq) {
        auto entry = audit_after(this->database, seq - 1, 1).front();
        ++entry.seq;
        this->database.query(
            "UPDATE audit SET seq=$1, hash=$2 WHERE seq=$3",
            {entry.seq, hash_of(entry), std::int64_t{seq}}
        );
    }
    auto forged = audit_after(this->database, 39, 1).front();
    forged.seq = 41;
    forged.subject = "what never happened";
    forged.prev_hash = forged.hash;
    forged.hash = hash_of(forged);
    this->insert(forged);
    this->expect_fault(41, "entry 42 does not continue entry 41");
}

TYPED_TEST(AuditLog, NamesAnEntryThatWasPutBehindTheLast) {
    auto forged = audit_after(this->database, kEntries - 1, 1).front();
    forged.seq = kEntries + 1;
    forged.prev_hash = first_prev_hash();
    forged.hash = hash_of(forged);
    this->insert(forged);
    this->expect_fault(kEntries, "entry 61 does not continue entry 60");
}

TYPED_TEST(AuditLog, ShowsThatItsEndWasCutOffToWhoeverNotedIt) {
    auto const noted = audit_head(this->database);
    this->database.query("DELETE FROM audit WHERE seq=$1", {std::int64_t{kEntries}});
    EXPECT_FALSE(this->fault()) << "without a noted head nothing can tell";
    auto const cut = this->fault(noted);
    ASSERT_TRUE(cut);
    EXPECT_EQ(cut->seq, kEntries);
    EXPECT_NE(cut->sentence.find("entry 60 is missing"), std::string::npos) << cut->sentence;
    {
        Transaction transaction{this->database};
        this->append("something else"); // in the place of the one that was cut off
        transaction.commit();
    }
    EXPECT_FALSE(this->fault());
    auto const replaced = this->fault(noted);
    ASSERT_TRUE(replaced);
    EXPECT_NE(replaced->sentence.find("is not the one whose head was noted"), std::string::npos);
}

TYPED_TEST(AuditLog, GoesOnAfterTheHeadThatWasNoted) {
    auto const noted = audit_head(this->database);
    Transaction transaction{this->database};
    this->append("more");
    transaction.commit();
    EXPECT_FALSE(this->fault(noted));
}

TYPED_TEST(AuditLog, HasNoEntryOfWhatWasUndone) {
    {
        Transaction const undone{this->database};
        this->append("undone");
    }
    EXPECT_EQ(audit_head(this->database).seq, kEntries);
    EXPECT_FALSE(this->fault());
}

TEST(AuditThinner, WritesOnceAndTellsHowOftenItCameAgain) {
    AuditThinner thinner{{.time_ms = 1000, .things_max = 2}};
    EXPECT_TRUE(thinner.admits("a", 0));
    EXPECT_FALSE(thinner.admits("a", 10));
    EXPECT_FALSE(thinner.admits("a", 999));
    EXPECT_TRUE(thinner.admits("b", 500));
    EXPECT_TRUE(thinner.take_held(999).empty());
    auto const held = thinner.take_held(1000);
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].key, "a");
    EXPECT_EQ(held[0].times, 2);
    EXPECT_TRUE(thinner.admits("a", 1000));
    EXPECT_TRUE(thinner.take_held(5000).empty()) << "neither came again";
}

TEST(AuditThinner, IsBoundedHoweverManyThingsCome) {
    AuditThinner thinner{{.time_ms = 1000, .things_max = 2}};
    int written = 0;
    for (int i = 0; i < 1000; ++i) {
        written += thinner.admits(std::to_string(i), i / 10) ? 1 : 0;
    }
    EXPECT_EQ(written, 2);
    auto const held = thinner.take_held(2000);
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].key, "");
    EXPECT_EQ(held[0].times, 998);
}

TEST(AuditThinner, MayWriteWhatItHasNoPlaceFor) {
    AuditThinner thinner{{.time_ms = 1000, .things_max = 1, .writes_when_full = true}};
    EXPECT_TRUE(thinner.admits("a", 0));
    EXPECT_TRUE(thinner.admits("b", 0));
    EXPECT_TRUE(thinner.admits("b", 0));
    EXPECT_FALSE(thinner.admits("a", 0));
    EXPECT_TRUE(thinner.take_held(0).empty());
}

} // namespace

} // namespace stemlathe::service
