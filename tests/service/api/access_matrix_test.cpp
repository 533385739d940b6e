// Who may what: every operation of /openapi.json by everybody. The rows are written by hand, so
// that they say what is wanted and not what the server's table says.

#include "service/audit/log_table.hpp"
#include "tests/service/api/world.hpp"

#include <fmt/format.h>

#include <array>
#include <sstream>

namespace stemlathe::test {
namespace {

using service::Method;

constexpr std::array<std::string_view, 7> kCallers{
    "owner", "engineer", "client", "other client", "reviewer", "other reviewer", "nobody"};

/// What an operation is sent, and the status for each of kCallers.
struct Row {
    std::string_view statuses{};
    std::string body{}; ///< {second}: a revision that is not approved
};

constexpr auto* kAll = "200 200 200 200 200 200 200";
constexpr auto* kHouse = "200 200 403 403 403 403 401";
constexpr auto* kOwners = "200 403 403 403 403 403 401";
constexpr auto* kEachOwn = "200 200 200 200 403 403 401"; ///< lists hold what is one's own
constexpr auto* kClients = "200 200 200 404 403 403 401";
constexpr auto* kReviewers = "200 200 200 404 200 404 401";
constexpr auto* kMadeByClients = "201 201 201 404 403 403 401";
constexpr auto* kMadeByReviewers = "201 201 201 404 201 404 401";
constexpr auto* kGone = "204 204 204 404 403 403 401";
constexpr auto* kStarted = "202 202 202 404 403 403 401";
constexpr auto* kWrongCode = "401 401 401 401 401 401 401";

std::map<std::string, Row, std::less<>> const& rows() {
    static std::map<std::string, Row, std::less<>> const kRows{
        {"showHealth", {kAll}},
        {"showReadiness", {kAll}},
        {"showDescription", {kAll}},
        {"showProblemKind", {kAll}},
        {"showSignInPage", {kAll}},
        {"showReviewPage", {kAll}},
        {"openLink", {"303 303 303 303 303 303 303", "password="}},
        {"signIn", {kWrongCode, R"({"code":"slk_a_b"})"}},
        {"answerSignInPage", {kWrongCode, "code=slk_a_b"}},
        {"showMetrics", {kHouse}},
        {"showSystem", {kHouse}},
        {"listWorkers", {kHouse}},
        {"createClient", {"201 403 403 403 403 403 401", R"({"name":"N"})"}},
        {"listClients", {kHouse}},
        {"showClient", {kClients}},
        {"changeClient", {kOwners, "{}"}},
        {"createToken", {"201 403 403 403 403 403 401", R"({"name":"t"})"}},
        {"listTokens", {kOwners}},
        {"revokeToken", {"204 403 403 403 403 403 401"}},
        {"listAudit", {kOwners}},
        {"showAuditHead", {kOwners}},
        {"createSnapshot", {"202 403 403 403 403 403 401"}},
        {"showSnapshot", {kOwners}},
        {"noteScrub", {"201 403 403 403 403 403 401", R"({"files":2,"bytes":30,"damaged":1})"}},
        {"listJobs", {kHouse}},
        {"showJob", {kClients}},
        {"streamEvents", {"200 200 200 200 200 200 401"}},
        {"createWebhook", {"201 201 201 201 403 403 401", R"({"url":"https://example.com/"})"}},
        {"listWebhooks", {kEachOwn}},
        {"showWebhook", {kClients}},
        {"changeWebhook", {kClients, "{}"}},
        {"deleteWebhook", {kGone}},
        {"rotateWebhookSecret", {kClients}},
        {"testWebhook", {kStarted}},
        {"listWebhookDeliveries", {kClients}},
        {"showWebhookDelivery", {kClients}},
        {"redeliver", {kStarted}},
        {"createPreset", {"201 201 201 201 403 403 401", R"({"name":"p"})"}},
        {"listPresets", {kEachOwn}},
        {"showPreset", {kClients}},
        {"replacePreset", {kClients, R"({"name":"q"})"}},
        {"deletePreset", {kGone}},
        {"masterQuickly", {kStarted, R"({"session":"{session}"})"}},
        {"createSession", {"201 201 201 201 403 403 401", "{}"}},
        {"listSessions", {kEachOwn}},
        {"showSession", {kReviewers}},
        {"changeSession", {kClients, "{}"}},
        {"deleteSession", {kGone}},
        {"undeleteSession", {"200 200 200 404 401 403 401"}}, // its links are revoked
        {"purgeSession", {"204 403 403 403 401 403 401"}},
        {"showUploadOptions", {"204 204 204 204 204 204 204"}},
        {"createUpload", {kMadeByClients}},
        {"showUpload", {kClients}},
        {"sendUpload", {kGone, "ab"}},
        {"deleteUpload", {kGone}},
        {"listStems", {kClients}},
        {"showStem", {kClients}},
        {"changeStem", {kClients, "{}"}},
        {"deleteStem", {kGone}},
        {"createPlan", {kMadeByClients, R"({"plan":{}})"}},
        {"listPlans", {kClients}},
        {"suggestPlan", {kStarted}},
        {"validatePlan", {kClients, R"({"plan":{}})"}},
        {"showPlan", {kClients}},
        {"replacePlan", {kClients, R"({"plan":{}})"}},
        {"createComparison", {kStarted, R"({"a":"{first}","b":"{second}"})"}},
        {"showComparison", {kClients}},
        {"createRender", {kStarted, "{}"}},
        {"listRenders", {kReviewers}},
        {"showRender", {kReviewers}},
        {"cancelRender", {kClients}},
        {"showReport", {kReviewers}},
        {"playMedia", {kReviewers}},
        {"showPeaks", {kReviewers}},
        {"sendFile", {kReviewers}},
        {"createComment", {kMadeByReviewers, R"({"text":"x"})"}},
        {"listComments", {kReviewers}},
        {"showComment", {kReviewers}},
        {"changeComment", {"200 200 200 404 403 404 401", "{}"}},
        {"deleteComment", {"204 204 204 404 403 404 401"}},
        {"resolveComment", {kClients}},
        {"reopenComment", {kReviewers}},
        {"closeRound", {kMadeByClients}},
        {"listRounds", {kReviewers}},
        {"approve", {kMadeByReviewers, R"({"render":"{second}"})"}},
        {"listApprovals", {kReviewers}},
        {"withdrawApproval", {kClients}},
        {"createDelivery", {kMadeByClients, R"({"render":"{first}"})"}},
        {"listDeliveries", {kReviewers}},
        {"showDelivery", {kReviewers}},
        {"sendArchive", {kReviewers}},
        {"createShare", {kMadeByClients, R"({"recipient":"r"})"}},
        {"listShares", {kClients}},
        {"revokeShare", {kGone}}};
    return kRows;
}

/// What an operation leaves in the audit log where it is done well, or why nothing.
struct Noted {
    std::string_view action{}; ///< "-": nothing
    std::string_view why_not{};
};

// Reasons for no entry: who wonders later who did it has the answer elsewhere, or does not wonder.
constexpr std::string_view kOwnDraft =
    "a draft that the next may write over; what a render used of it is frozen with the render";
constexpr std::string_view kUnfinished =
    "bytes on their way, which no master is made of; the stem is there when they are complete";
constexpr std::string_view kOnlyComputes =
    "it computes an answer, and changes, releases and removes nothing";
constexpr std::string_view kHasItsAuthor = "the comment itself says who wrote it, and when";
constexpr std::string_view kIsUndone =
    "it can be undone by whoever disagrees, and takes nothing away";

/// Of each operation that changes something, or gives masters away.
std::map<std::string, Noted, std::less<>> const& noted_actions() {
    static std::map<std::string, Noted, std::less<>> const kNoted{
        {"openLink", {"link.password.given"}},
        {"showReviewPage", {"link.opened"}},
        {"createClient", {"client.created"}},
        {"changeClient", {"client.changed"}},
        {"createToken", {"token.created"}},
        {"revokeToken", {"token.revoked"}},
        {"createSnapshot", {"snapshot.created"}},
        {"noteScrub", {"scrub.finished"}},
        {"createPreset", {"-", kOwnDraft}},
        {"replacePreset", {"-", kOwnDraft}},
        {"deletePreset", {"preset.deleted"}},
        {"masterQuickly", {"render.ordered"}},
        {"createSession", {"-", kOwnDraft}},
        {"changeSession", {"-", kOwnDraft}},
        {"deleteSession", {"session.deleted"}},
        {"undeleteSession", {"session.deleted session.undeleted"}}, // these two of one that is
        {"purgeSession", {"session.deleted session.purged"}},       // deleted for it
        {"createUpload", {"-", kUnfinished}},
        {"sendUpload", {"-", kUnfinished}},
        {"deleteUpload", {"-", kUnfinished}},
        {"changeStem", {"-", kOwnDraft}},
        {"deleteStem", {"stem.deleted"}},
        {"createPlan", {"-", kOwnDraft}},
        {"suggestPlan", {"-", kOnlyComputes}},
        {"validatePlan", {"-", kOnlyComputes}},
        {"replacePlan", {"-", kOwnDraft}},
        {"createComparison", {"-", kOnlyComputes}},
        {"createRender", {"render.ordered"}},
        {"cancelRender", {"render.ordered render.canceled"}}, // of one that is ordered for it
        {"sendFile", {"file.downloaded"}},
        {"sendArchive", {"archive.downloaded"}},
        {"createComment", {"-", kHasItsAuthor}},
        {"changeComment", {"comment.changed"}},
        {"deleteComment", {"comment.deleted"}},
        {"resolveComment", {"-", kIsUndone}},
        {"reopenComment", {"-", kIsUndone}},
        {"closeRound", {"round.closed"}},
        {"approve", {"approval.created"}},
        {"withdrawApproval", {"approval.withdrawn"}},
        {"createDelivery", {"delivery.created"}},
        {"createShare", {"share.created"}},
        {"revokeShare", {"share.revoked"}},
        {"createWebhook", {"webhook.created"}},
        {"changeWebhook", {"webhook.changed"}},
        {"deleteWebhook", {"webhook.deleted"}},
        {"rotateWebhookSecret", {"webhook.rotated"}},
        {"testWebhook", {"webhook.tested"}},
        {"redeliver", {"webhook.redelivered"}},
        {"signIn", {"sign-in.refused"}}, // these two have a wrong code here
        {"answerSignInPage", {"sign-in.refused"}}};
    return kNoted;
}

/// The actions that stand in the audit log behind the entry.
std::string actions_after(World& world, std::int64_t seq) {
    std::string actions;
    for (auto const& entry : service::audit_after(world.api.store.database(), seq, 100)) {
        actions += (actions.empty() ? "" : " ") + entry.action;
    }
    return actions.empty() ? "-" : actions;
}

Method method_of(Operation const& operation) {
    for (auto const method :
         {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::options}) {
        if (operation_for(service::name_of(method), operation.path) == &operation) {
            return method;
        }
    }
    return Method::del;
}

std::string with(std::string text, std::string_view word, std::string const& value) {
    auto const at = text.find(word);
    return at == std::string::npos ? text : text.replace(at, word.size(), value);
}

Sent fields_for(World const& world, Operation const& operation) {
    Sent fields{{"if-match", "*"}, {"idempotency-key", "k"}};
    auto const kind = operation.word("x-body");
    if (kind == "form") {
        fields.emplace_back("content-type", "application/x-www-form-urlencoded");
    }
    if (operation.path.starts_with("/v1/uploads")) {
        fields = {
            {"tus-resumable", "1.0.0"},
            {"upload-length", "5"},
            {"upload-offset", "0"},
            {"content-type", "application/offset+octet-stream"},
            {"upload-metadata", stem_metadata(world.session, "04_Keys.wav")}};
        if (operation.method == "patch") {
            fields.erase(fields.begin() + 1);
        }
    }
    return fields;
}

int status_for(World& world, Operation const& operation, Row const& row, std::string_view caller) {
    if (operation.word("operationId") == "cancelRender") {
        world.ids["render"] = world.waiting_render();
    }
    auto target = world.path_of(operation);
    if (target.ends_with(":undelete") || target.ends_with(":purge")) {
        world.api.store.database().query("UPDATE upload SET state='deleted'");
        world.api.send(
            Method::del, world.api.client, "/v1/sessions/" + world.session, "", {{"if-match", "*"}}
        );
    }
    if (operation.word("operationId") == "showComparison") {
        auto const& first = world.ids.at("render");
        world.api.post(
            world.api.client,
            "/v1/sessions/" + world.session + "/comparisons",
            fmt::format(R"({{"a":"{}","b":"{}"}})", first, world.unapproved)
        );
        target += fmt::format("?a={}&b={}", first, world.unapproved);
    }
    world.api.peer = "203.0.113.7"; // whoever asks from the machine itself may read its figures
    auto body = with(row.body, "{second}", world.unapproved);
    body = with(body, "{first}", world.ids.at("render"));
    body = with(body, "{session}", world.session);
    return world.api
        .send(
            method_of(operation),
            world.tokens.at(std::string{caller}),
            target,
            body,
            fields_for(world, operation)
        )
        .status;
}

class AccessMatrix : public ::testing::TestWithParam<std::size_t> {};

TEST_P(AccessMatrix, HoldsForEverybody) {
    auto const& operation = operations()[GetParam()];
    auto const row = rows().find(operation.word("operationId"));
    ASSERT_NE(row, rows().end()) << operation.name() << " has no row";
    std::istringstream statuses{std::string{row->second.statuses}};
    auto world = std::make_unique<World>();
    bool const names_a_thing =
        operation.path.find('{') != std::string::npos && operation.word("x-rank") == "client";
    for (auto const& caller : kCallers) {
        int wanted = 0;
        statuses >> wanted;
        auto const noted = service::audit_head(world->api.store.database()).seq;
        EXPECT_EQ(status_for(*world, operation, row->second, caller), wanted)
            << operation.name() << " by " << caller;
        if (caller == "owner") {
            auto const action = noted_actions().find(operation.word("operationId"));
            bool const has_row = action != noted_actions().end();
            EXPECT_TRUE(
                has_row || operation.method == "get" || operation.method == "head" ||
                operation.method == "options"
            ) << "say what "
              << operation.name() << " leaves in the audit log";
            EXPECT_EQ(actions_after(*world, noted), has_row ? action->second.action : "-")
                << operation.name();
        }
        if (names_a_thing && caller == "other client") {
            EXPECT_EQ(wanted, 404) << "another client's things are not there";
        }
        if (wanted < 300 && operation.method != "get") {
            world = std::make_unique<World>(); // it was changed
        }
    }
    EXPECT_TRUE(world->api.errors.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Operations,
    AccessMatrix,
    ::testing::Range(std::size_t{0}, operations().size()),
    [](auto const& one) { return operations()[one.param].word("operationId"); }
);

TEST(NotedActions, AreThereOrHaveAReason) {
    for (auto const& [operation, noted] : noted_actions()) {
        EXPECT_TRUE(rows().contains(operation)) << operation;
        EXPECT_EQ(noted.action == "-", !noted.why_not.empty()) << operation;
    }
}

TEST(AccessMatrixRows, AreAllOfOperationsThatExist) {
    EXPECT_EQ(rows().size(), operations().size());
}

} // namespace
} // namespace stemlathe::test
