#include "service/api/routes.hpp"

#include "service/api/approvals.hpp"
#include "service/api/audit_api.hpp"
#include "service/api/bin.hpp"
#include "service/api/comments.hpp"
#include "service/api/comparisons.hpp"
#include "service/api/deliveries.hpp"
#include "service/api/events_api.hpp"
#include "service/api/jobs_api.hpp"
#include "service/api/metrics.hpp"
#include "service/api/pages.hpp"
#include "service/api/plans.hpp"
#include "service/api/presets.hpp"
#include "service/api/quick.hpp"
#include "service/api/render_files.hpp"
#include "service/api/renders.hpp"
#include "service/api/rounds.hpp"
#include "service/api/scrubs.hpp"
#include "service/api/sessions.hpp"
#include "service/api/share_gate.hpp"
#include "service/api/shares.hpp"
#include "service/api/snapshots.hpp"
#include "service/api/stems.hpp"
#include "service/api/system.hpp"
#include "service/api/tenants.hpp"
#include "service/api/tokens.hpp"
#include "service/api/webhooks_api.hpp"
#include "service/uploads/uploads_api.hpp"

#include <array>

namespace stemlathe::service {

namespace {

using enum Method;
using enum Rank;
using enum BodyKind;
using enum KeyRule;

constexpr std::string_view kRead = "sessions:read";
constexpr std::string_view kWrite = "sessions:write";
constexpr std::string_view kRender = "renders:write";
constexpr std::string_view kReview = "review";
constexpr std::string_view kDeliver = "deliver";
constexpr std::string_view kAdmin = "admin";

// What share links may: the right that they need.
constexpr std::string_view kListen = "listen";
constexpr std::string_view kComment = "comment";
constexpr std::string_view kApprove = "approve";
constexpr std::string_view kDownload = "download";

// clang-format off
constexpr std::array kRoutes{
    Route{get, "/healthz", show_health, anonymous},
    Route{get, "/readyz", show_readiness, anonymous},
    Route{.method = get, .pattern = "/metrics", .answer = show_metrics, .rank = engineer, .scope = kAdmin, .is_open_here = true},
    Route{get, "/openapi.json", show_description, anonymous},
    Route{get, "/problems/{type}", show_problem_kind, anonymous},
    Route{get, "/admin", show_sign_in_page, anonymous},
    Route{post, "/admin", answer_sign_in_page, anonymous, {}, {}, form, once},
    Route{get, "/r/{link}", show_review_page, anonymous},
    Route{post, "/r/{link}", open_link, anonymous, {}, {}, form, once, check_link_password},
    Route{post, "/v1/sign-in", sign_in, anonymous, {}, {}, document, once},

    Route{get, "/v1/system", show_system, engineer, kAdmin},
    Route{get, "/v1/workers", list_workers, engineer, kAdmin},
    Route{post, "/v1/clients", create_client, owner, kAdmin, {}, document},
    Route{get, "/v1/clients", list_clients, engineer, kAdmin},
    Route{get, "/v1/clients/{client}", show_client, client, kRead},
    Route{patch, "/v1/clients/{client}", change_client, owner, kAdmin, {}, document},
    Route{post, "/v1/tokens", create_token, owner, kAdmin, {}, document, once},
    Route{get, "/v1/tokens", list_tokens, owner, kAdmin},
    Route{del, "/v1/tokens/{token}", revoke_token, owner, kAdmin},
    Route{get, "/v1/audit", list_audit, owner, kAdmin},
    Route{get, "/v1/audit/head", show_audit_head, owner, kAdmin},
    Route{post, "/v1/snapshots", create_snapshot, owner, kAdmin, {}, document},
    Route{get, "/v1/snapshots/{snapshot}", show_snapshot, owner, kAdmin},
    Route{post, "/v1/scrubs", create_scrub, owner, kAdmin, {}, document},
    Route{get, "/v1/jobs", list_jobs, engineer, kAdmin},
    Route{get, "/v1/jobs/{job}", show_job, client, kRead},
    Route{get, "/v1/events", stream_events, client, kRead, kListen},

    Route{post, "/v1/webhooks", create_webhook, client, kAdmin, {}, document, once},
    Route{get, "/v1/webhooks", list_webhooks, client, kAdmin},
    Route{get, "/v1/webhooks/{webhook}", show_webhook, client, kAdmin},
    Route{patch, "/v1/webhooks/{webhook}", change_webhook, client, kAdmin, {}, document},
    Route{del, "/v1/webhooks/{webhook}", delete_webhook, client, kAdmin},
    Route{post, "/v1/webhooks/{webhook}:rotate", rotate_webhook_secret, client, kAdmin, {}, none, once},
    Route{post, "/v1/webhooks/{webhook}:test", test_webhook, client, kAdmin},
    Route{get, "/v1/webhooks/{webhook}/deliveries", list_webhook_deliveries, client, kAdmin},
    Route{get, "/v1/webhooks/{webhook}/deliveries/{message}", show_webhook_delivery, client, kAdmin},
    Route{post, "/v1/webhooks/{webhook}/deliveries/{message}:redeliver", redeliver, client, kAdmin},

    Route{post, "/v1/presets", create_preset, client, kWrite, {}, document},
    Route{get, "/v1/presets", list_presets, client, kRead},
    Route{get, "/v1/presets/{preset}", show_preset, client, kRead},
    Route{put, "/v1/presets/{preset}", replace_preset, client, kWrite, {}, document},
    Route{del, "/v1/presets/{preset}", delete_preset, client, kWrite},

    Route{post, "/v1/quick", master_quickly, client, kRender, {}, document, required},

    Route{post, "/v1/sessions", create_session, client, kWrite, {}, document},
    Route{get, "/v1/sessions", list_sessions, client, kRead},
    Route{get, "/v1/sessions/{session}", show_session, client, kRead, kListen},
    Route{patch, "/v1/sessions/{session}", change_session, client, kWrite, {}, document},
    Route{del, "/v1/sessions/{session}", delete_session, client, kWrite},

    Route{post, "/v1/sessions/{session}:undelete", undelete_session, client, kWrite},
    Route{post, "/v1/sessions/{session}:purge", purge_session, owner, kAdmin},

    Route{options, "/v1/uploads", show_upload_options, anonymous},
    Route{post, "/v1/uploads", nullptr, client, kWrite, {}, upload},
    Route{head, "/v1/uploads/{upload}", show_upload, client, kWrite},
    Route{patch, "/v1/uploads/{upload}", nullptr, client, kWrite, {}, upload},
    Route{del, "/v1/uploads/{upload}", delete_upload, client, kWrite},

    Route{get, "/v1/sessions/{session}/stems", list_stems, client, kRead},
    Route{get, "/v1/sessions/{session}/stems/{stem}", show_stem, client, kRead},
    Route{patch, "/v1/sessions/{session}/stems/{stem}", change_stem, client, kWrite, {}, document},
    Route{del, "/v1/sessions/{session}/stems/{stem}", delete_stem, client, kWrite},

    Route{post, "/v1/sessions/{session}/plans", create_plan, client, kWrite, {}, document},
    Route{get, "/v1/sessions/{session}/plans", list_plans, client, kRead},
    Route{post, "/v1/sessions/{session}/plans:suggest", suggest_plan, client, kRender, {}, none, required},
    Route{post, "/v1/sessions/{session}/plans:validate", validate_plan, client, kRead, {}, document},
    Route{get, "/v1/sessions/{session}/plans/{plan}", show_plan, client, kRead},
    Route{put, "/v1/sessions/{session}/plans/{plan}", replace_plan, client, kWrite, {}, document},

    Route{post, "/v1/sessions/{session}/comparisons", create_comparison, client, kRender, {}, document, required},
    Route{get, "/v1/sessions/{session}/compare", show_comparison, client, kRead},
    Route{post, "/v1/sessions/{session}/renders", create_render, client, kRender, {}, document, required},
    Route{get, "/v1/sessions/{session}/renders", list_renders, client, kRead, kListen},
    Route{get, "/v1/renders/{render}", show_render, client, kRead, kListen},
    Route{post, "/v1/renders/{render}:cancel", cancel_render, client, kRender},
    Route{get, "/v1/renders/{render}/report", show_report, client, kRead, kDownload},
    Route{get, "/v1/renders/{render}/media", play_media, client, kRead, kListen},
    Route{get, "/v1/renders/{render}/peaks", show_peaks, client, kRead, kListen},
    Route{get, "/v1/renders/{render}/files/{name...}", send_file, client, kDeliver, kDownload},

    Route{post, "/v1/sessions/{session}/comments", create_comment, client, kReview, kComment, document},
    Route{get, "/v1/sessions/{session}/comments", list_comments, client, kRead, kListen},
    Route{get, "/v1/sessions/{session}/comments/{comment}", show_comment, client, kRead, kListen},
    Route{patch, "/v1/sessions/{session}/comments/{comment}", change_comment, client, kReview, kComment, document},
    Route{del, "/v1/sessions/{session}/comments/{comment}", delete_comment, client, kReview, kComment},
    Route{post, "/v1/sessions/{session}/comments/{comment}:resolve", resolve_comment, client, kReview, {}, document},
    Route{post, "/v1/sessions/{session}/comments/{comment}:reopen", reopen_comment, client, kReview, kComment},
    Route{post, "/v1/sessions/{session}/rounds", close_round, client, kReview, {}, none, required},
    Route{get, "/v1/sessions/{session}/rounds", list_rounds, client, kRead, kListen},

    Route{post, "/v1/sessions/{session}/approvals", approve, client, kReview, kApprove, document, required},
    Route{get, "/v1/sessions/{session}/approvals", list_approvals, client, kRead, kListen},
    Route{post, "/v1/sessions/{session}/approvals/{approval}:withdraw", withdraw_approval, client, kReview},
    Route{post, "/v1/sessions/{session}/deliveries", create_delivery, client, kDeliver, {}, document, required},
    Route{get, "/v1/sessions/{session}/deliveries", list_deliveries, client, kRead, kDownload},
    Route{get, "/v1/sessions/{session}/deliveries/{delivery}", show_delivery, client, kRead, kDownload},
    Route{get, "/v1/sessions/{session}/deliveries/{delivery}/archive", send_archive, client, kDeliver, kDownload},
    Route{post, "/v1/sessions/{session}/shares", create_share, client, kReview, {}, document, once, hash_share_password},
    Route{get, "/v1/sessions/{session}/shares", list_shares, client, kRead},
    Route{del, "/v1/sessions/{session}/shares/{share}", revoke_share, client, kReview}};
// clang-format on

} // namespace

std::span<Route const> api_routes() noexcept {
    return kRoutes;
}

} // namespace stemlathe::service
