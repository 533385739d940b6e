// What becomes of deleted sessions: had back for a while, then gone with all that was known of
// them.

#include "service/api/bin.hpp"
#include "service/blobs/garbage.hpp"
#include "tests/service/api/world.hpp"

#include <fmt/format.h>

namespace stemlathe::test {
namespace {

using service::Method;

constexpr std::int64_t kDay_ms = 86'400'000;
constexpr std::int64_t kBin_ms = 30 * kDay_ms;

class BinOfSessions : public ::testing::Test {
  protected:
    BinOfSessions() {
        api.send(
            Method::patch, api.client, place, R"({"title":"Northern Lights"})", {{"if-match", "*"}}
        );
    }

    int remove() {
        return api.send(Method::del, api.client, place, "", {{"if-match", "*"}}).status;
    }

    Answer undelete() {
        return api.post(api.client, place + ":undelete");
    }

    std::int64_t used_bytes() {
        return api.get(api.client, "/v1/clients/" + api.client_id).number("used_bytes");
    }

    std::size_t listed(std::string_view query) {
        return api.get(api.client, fmt::format("/v1/sessions{}", query)).items().size();
    }

    std::int64_t count(std::string_view sql) {
        return api.store.database().query(sql).front().integer("count");
    }

    /// For the database's clock, and for the dates of the files.
    void let_pass(std::int64_t ms) {
        api.store.advance(ms);
        for (auto const& entry :
             std::filesystem::recursive_directory_iterator{api.folder.path() / "cas"}) {
            std::filesystem::last_write_time(
                entry.path(),
                std::filesystem::file_time_type::clock::now() - std::chrono::milliseconds{ms}
            );
        }
    }

    std::int64_t collect() {
        std::int64_t all = 0;
        for (std::int64_t some = 1; some > 0; all += some) {
            some = service::collect_garbage(
                [&](auto const& work) { work(api.store.database()); }, api.blobs, {}
            );
        }
        return all;
    }

    World world{};
    TestApi& api = world.api;
    std::string place = "/v1/sessions/" + world.session;
};

TEST_F(BinOfSessions, GivesASessionBackWithWhatWentWithIt) {
    auto const earlier = api.stem(world.session, "02_Vocals.wav");
    EXPECT_EQ(
        api.send(
               Method::del, api.client, place + "/stems/" + earlier, "", {{"if-match", "*"}}
        ).status,
        204
    );
    api.store.advance(1'000);
    auto const used = used_bytes();
    auto const stems = api.get(api.client, place + "/stems").items().size();
    EXPECT_EQ(undelete().problem(), "not-found") << "it is not in the bin";
    EXPECT_EQ(remove(), 204);
    EXPECT_LT(used_bytes(), used);
    EXPECT_EQ(api.get(api.client, place).status, 404);
    EXPECT_EQ(listed(""), 0U);
    EXPECT_EQ(listed("?deleted=true"), 1U);
    EXPECT_EQ(api.get(api.stranger, "/v1/sessions?deleted=true").items().size(), 0U);
    EXPECT_EQ(api.post(api.stranger, place + ":undelete").problem(), "not-found");
    EXPECT_EQ(
        api.get(api.client, "/v1/sessions?deleted=true").items()[0].at("title"), "Northern Lights"
    );
    api.store.advance(kBin_ms - 1);
    auto const back = undelete();
    EXPECT_EQ(back.status, 200);
    EXPECT_TRUE(back.json().at("deleted").is_null());
    EXPECT_EQ(back.field("etag"), api.get(api.client, place).field("etag"));
    EXPECT_EQ(used_bytes(), used);
    EXPECT_EQ(api.get(api.client, place + "/stems").items().size(), stems);
    EXPECT_EQ(
        api.get(api.client, "/v1/renders/" + world.ids["render"] + "/files/" + world.ids["name"])
            .status,
        200
    );
    EXPECT_EQ(api.get(world.tokens["reviewer"], place).status, 401) << "links stay revoked";
}

TEST_F(BinOfSessions, NeedsRoomInTheQuota) {
    EXPECT_EQ(remove(), 204);
    auto const client = "/v1/clients/" + api.client_id;
    EXPECT_EQ(api.send(Method::patch, api.owner, client, R"({"quota_bytes":0})").status, 200);
    EXPECT_EQ(undelete().problem(), "quota-exceeded");
    EXPECT_EQ(listed("?deleted=true"), 1U);
}

TEST_F(BinOfSessions, IsEmptiedAfterThirtyDaysOfEverythingButTheLog) {
    auto& database = api.store.database();
    auto const other = api.song(api.client);
    // Masters with the very bytes of one of this session's.
    static_cast<void>(api.revision(api.client, other, "one"));
    auto const blobs = count("SELECT count(*) AS count FROM blob");
    EXPECT_EQ(remove(), 204);
    let_pass(kBin_ms - 1);
    EXPECT_EQ(service::purge_old_sessions(database, kBin_ms), 0);
    let_pass(kBin_ms);
    EXPECT_EQ(undelete().problem(), "not-found") << "its stems may be gone already";
    EXPECT_EQ(service::purge_old_sessions(database, kBin_ms), 0)
        << "its upload is on its way until it has expired";
    database.query("UPDATE upload SET state='expired' WHERE state='receiving'");
    EXPECT_EQ(service::purge_old_sessions(database, kBin_ms), 1);
    EXPECT_EQ(service::purge_old_sessions(database, kBin_ms), 0);
    EXPECT_EQ(listed("?deleted=true"), 0U);

    for (auto const* const table :
         {"stem",
          "plan",
          "render",
          "comment",
          "round",
          "approval",
          "share",
          "delivery",
          "upload"}) {
        auto const rows = database.query(
            fmt::format("SELECT count(*) AS count FROM {} WHERE session=$1", table), {world.session}
        );
        EXPECT_EQ(rows.front().integer("count"), 0) << table;
    }
    EXPECT_EQ(count("SELECT count(*) AS count FROM job WHERE spec LIKE '%01_Drums%'"), 1)
        << "of the other session";
    auto const collected = collect();
    EXPECT_EQ(collected, 8) << "all files of its second revision; the other song has the rest too";
    EXPECT_EQ(count("SELECT count(*) AS count FROM blob"), blobs - collected);
    EXPECT_EQ(
        count("SELECT count(*) AS count FROM output o JOIN job j ON j.id=o.job LEFT JOIN blob b "
              "ON b.digest=o.digest WHERE b.digest IS NULL"),
        0
    );
    auto const noted = api.get(api.owner, "/v1/audit?action=session.purged").items();
    ASSERT_EQ(noted.size(), 1U);
    EXPECT_EQ(noted[0].at("actor"), "service");
    EXPECT_EQ(noted[0].at("client").as_string(), api.client_id);
    EXPECT_GE(api.get(api.owner, "/v1/jobs").items().size(), 3U) << "jobs stay as numbers";
}

TEST_F(BinOfSessions, IsEmptiedAtOnceForOwners) {
    auto const purge = [&] {
        return api.post(api.owner, place + ":purge");
    };
    EXPECT_EQ(purge().problem(), "conflict") << "it is not deleted";
    EXPECT_EQ(remove(), 204);
    EXPECT_EQ(api.post(api.client, place + ":purge").problem(), "forbidden");
    auto const busy = purge();
    EXPECT_EQ(busy.problem(), "conflict");
    EXPECT_NE(busy.text("detail").find("under way"), std::string::npos);
    api.store.database().query("UPDATE upload SET state='expired' WHERE state='receiving'");
    EXPECT_EQ(purge().status, 204);
    EXPECT_EQ(purge().problem(), "not-found");
    EXPECT_EQ(undelete().problem(), "not-found");
    EXPECT_EQ(api.get(api.owner, "/v1/audit?action=session.purged").items().size(), 1U);
}

} // namespace
} // namespace stemlathe::test
