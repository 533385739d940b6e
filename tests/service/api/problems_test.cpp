// The catalogue of problems: one list for the front, the API and the description, and every kind of
// it is what some request is really answered with.

#include "service/api/problem.hpp"
#include "tests/service/api/schema.hpp"
#include "tests/service/api/world.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <set>

namespace stemlathe::test {
namespace {

using service::Method;

class Problems : public ::testing::Test {
  protected:
    /// Notes what a request was refused with, and that its document says the same as its status.
    void expect(std::string const& kind, Answer const& answer) {
        EXPECT_EQ(answer.problem(), kind);
        if (answer.problem().empty()) {
            return;
        }
        EXPECT_EQ(answer.number("status"), answer.status) << kind;
        auto const* const entry = service::problem_named(kind);
        ASSERT_NE(entry, nullptr) << kind;
        EXPECT_EQ(entry->status, answer.status) << kind;
        EXPECT_EQ(entry->retryable, answer.json().at("retryable").as_bool()) << kind;
        EXPECT_EQ(api.get("", answer.text("type")).text("title"), entry->title) << kind;
        EXPECT_EQ(
            violation(
                answer.json(),
                pointed_at(description(), "#/components/schemas/Problem"),
                description(),
                Strictness::no_further_keys
            ),
            ""
        );
        seen.insert(kind);
    }

    Answer post(std::string const& target, std::string const& body, Sent const& fields = {}) {
        return api.send(Method::post, api.client, target, body, fields);
    }

    Answer upload(Method method, std::string const& target, Sent const& more) {
        Sent fields{
            {"tus-resumable", "1.0.0"}, {"content-type", "application/offset+octet-stream"}};
        fields.insert(fields.end(), more.begin(), more.end());
        auto const body = method == Method::patch ? "12345" : "";
        return api.send(method, api.client, target, body, fields);
    }

    void allow_bytes(std::int64_t quota_bytes) {
        api.store.database().query(
            "UPDATE tenant SET quota_bytes=$2 WHERE id=$1", {api.client_id, quota_bytes}
        );
    }

    void break_conventions() {
        expect("unauthorized", api.get("", "/v1/sessions"));
        expect("forbidden", api.get(api.client, "/v1/system"));
        expect("not-found", api.get(api.client, "/v1/nothing"));
        expect("method-not-allowed", api.send(Method::put, api.client, "/v1/sessions"));
        expect("invalid-document", post("/v1/sessions", R"({"titel":"x"})"));
        expect(
            "unsupported-media-type", post("/v1/sessions", "{}", {{"content-type", "text/plain"}})
        );
        expect("version-required", api.send(Method::patch, api.client, place, "{}"));
        expect(
            "stale-version",
            api.send(Method::patch, api.client, place, "{}", {{"if-match", "\"v0\""}})
        );
        expect("idempotency-key-missing", post(place + "/rounds", ""));
        Sent const key{{"idempotency-key", "once"}};
        EXPECT_EQ(post("/v1/sessions", "{}", key).status, 201);
        expect("idempotency-key-reused", post("/v1/sessions", R"({"title":"x"})", key));
    }

    void break_rules_of_files() {
        auto const render = "/v1/renders/" + world.unapproved;
        expect(
            "not-acceptable", api.get(api.client, render + "/report", {{"accept", "image/png"}})
        );
        expect(
            "range-not-satisfiable",
            api.get(api.client, render + "/media", {{"range", "bytes=9999-"}})
        );
        expect("not-approved", api.get(api.client, render + "/files/masters/cd/Song.wav"));
    }

    void break_rules_of_work() {
        expect("invalid-plan", post(place + "/plans", R"({"plan":{"bus":{"gain":1}}})"));
        expect(
            "conflict",
            api.send(Method::post, api.client, "/v1/renders/" + world.unapproved + ":cancel")
        );
        api.store.database().query("UPDATE tenant SET max_queued=0 WHERE id=$1", {api.client_id});
        expect("queue-full", api.post(api.client, place + "/renders", "{}"));
        api.is_draining = true;
        expect("unavailable", api.post(api.client, place + "/renders", "{}"));
        api.is_draining = false;
        auto const link =
            api.link(api.client, world.session, R"(["listen"])", R"(,"password":"correct horse")");
        auto const place_of_link = "/r/" + link;
        for (int i = 0; i < 5; ++i) {
            expect("unauthorized", post(place_of_link, "password=x"));
        }
        expect("too-many-requests", post(place_of_link, "password=x"));
    }

    void break_rules_of_uploads() {
        auto const at = "/v1/uploads/" + world.ids["upload"];
        auto const metadata = stem_metadata(world.session, "09_New.wav");
        auto const create = [&](std::string const& bytes) {
            return upload(
                Method::post,
                "/v1/uploads",
                {{"upload-length", bytes}, {"upload-metadata", metadata}}
            );
        };
        expect(
            "tus-version",
            upload(Method::patch, at, {{"tus-resumable", "0.2.2"}, {"upload-offset", "0"}})
        );
        expect(
            "checksum-mismatch",
            upload(
                Method::patch,
                at,
                {{"upload-offset", "0"}, {"upload-checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA="}}
            )
        );
        {
            Sent const fields{
                {"tus-resumable", "1.0.0"},
                {"content-type", "application/offset+octet-stream"},
                {"upload-offset", "0"}};
            auto const first = api.admit(Method::patch, api.client, at, "12345", fields);
            ASSERT_NE(first.sink, nullptr);
            expect("locked", upload(Method::patch, at, {{"upload-offset", "0"}}));
            static_cast<void>(first.sink->finish(false));
        }
        api.services.limits.upload_bytes_max = std::int64_t{1} << 60U;
        allow_bytes(1);
        expect("quota-exceeded", create("1000"));
        allow_bytes(std::int64_t{1} << 61U);
        expect("storage-full", create("100000000000000"));
        api.services.limits.upload_bytes_max = 1000;
        expect("too-large", create("1001"));
        api.store.advance(std::int64_t{8} * 24 * 3'600'000);
        expect("gone", upload(Method::patch, at, {{"upload-offset", "0"}}));
    }

    World world{};
    TestApi& api = world.api;
    std::string place = "/v1/sessions/" + world.session;
    std::set<std::string> seen{};
};

TEST_F(Problems, EveryKindIsReached) {
    for (auto const& kind : service::kRefusalKinds) {
        expect(std::string{kind.name}, api.refuse(kind));
    }
    break_conventions();
    break_rules_of_files();
    break_rules_of_work();
    break_rules_of_uploads();
    for (auto const& entry : service::problem_catalogue()) {
        EXPECT_TRUE(seen.contains(std::string{entry.name})) << entry.name << " is never said";
    }
}

} // namespace
} // namespace stemlathe::test
