#pragma once

#include "service/api/application.hpp"
#include "service/api/routes.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/http/refusal.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/store/snapshot_maker.hpp"
#include "service/uploads/tus_door.hpp"
#include "service/uploads/uploads.hpp"
#include "service/webhooks/secret_box.hpp"
#include "tests/service/api/description.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::test {

/// An answer with its body read to the end.
struct Answer : Seen {
    std::unique_ptr<service::EventFeed> events{}; ///< of /v1/events

    [[nodiscard]] boost::json::value json() const;
    [[nodiscard]] std::string field(std::string_view name) const; ///< lower-case name
    [[nodiscard]] std::string text(std::string_view key) const;   ///< of a JSON object
    [[nodiscard]] std::int64_t number(std::string_view key) const;
    [[nodiscard]] boost::json::array items() const;
    [[nodiscard]] std::string problem() const; ///< "not-found", or "" where it is none
};

using Sent = std::vector<std::pair<std::string, std::string>>;

/// The API without a network: requests go in as the HTTP front hands them over, and every answer is
/// held against /openapi.json.
class TestApi {
  public:
    TestApi();

    /// @param target  path and query, not encoded
    /// @param token   of Authorization; empty: none
    Answer send(
        service::Method method,
        std::string_view token,
        std::string_view target,
        std::string body = {},
        Sent const& fields = {}
    );
    /// What the front refuses with by itself, as a client has it.
    Answer refuse(service::RefusalKind const& kind);
    /// Admits a request and leaves it there, with its body on the way.
    service::Admission admit(
        service::Method method,
        std::string_view token,
        std::string_view target,
        std::string const& body,
        Sent const& fields
    );
    Answer get(std::string_view token, std::string_view target, Sent const& fields = {});
    /// With an Idempotency-Key of its own.
    Answer post(std::string_view token, std::string_view target, std::string body = {});

    /// A token by the API. @param scopes  JSON
    std::string
    token_for(std::string_view role, std::string_view client, std::string_view scopes = "[\"*\"]");
    std::string client_named(std::string_view name); ///< its id

    std::string session(std::string_view token, std::string_view body = R"({"title":"Song"})");
    /// A stem that is ready, with bytes of its own. @returns its id
    std::string stem(std::string const& session, std::string const& filename);
    /// A session with two stems. @returns its id
    std::string song(std::string_view token);
    /// Orders a revision. @returns its id
    std::string order(
        std::string_view token, std::string const& session, std::string body = R"({"plan":null})"
    );
    /// What the worker does: the next job ends well, with files whose bytes `mark` makes different.
    void finish_job(std::string const& mark);
    /// An ordered and finished revision.
    std::string revision(std::string_view token, std::string const& session, std::string mark);
    /// A share link's token.
    std::string link(
        std::string_view token,
        std::string const& session,
        std::string_view rights,
        std::string_view more = ""
    );

    service::Blob blob(std::string_view bytes);

    ChosenStore store{};
    TempFolder folder{};
    service::LocalBlobStore blobs;
    service::JobQueue queue;
    service::SecretBox webhook_secrets{folder.path() / "webhooks.key"};
    /// What they copy is a word; in the place of `copies` anything else.
    std::function<void(std::filesystem::path const&, std::stop_token const&)> copies =
        [](std::filesystem::path const& file, std::stop_token const&) {
            write_file(file, "copy");
        };
    service::SnapshotMaker snapshots{
        folder.path(),
        [this](std::filesystem::path const& file, std::stop_token const& stop) {
            copies(file, stop);
        },
        [] {
        }};
    service::Services services;
    bool is_draining = false;
    int commits = 0;
    std::string peer = "127.0.0.1";    ///< where requests come from
    bool is_secure = false;            ///< whether they come encrypted
    std::vector<std::string> errors{}; ///< what the server would log

    std::string const owner = "owner-token-of-the-environment";
    std::string client_id{};
    std::string client{};
    std::string stranger_id{};
    std::string stranger{};

  private:
    service::Uploads uploads_;
    service::TusDoor door_{uploads_};
    std::unique_ptr<service::ApiApplication> application_{};
    int keys_ = 0;
};

class ApiTest : public ::testing::Test {
  protected:
    TestApi api{};
};

/// If-Match with an answer's ETag.
[[nodiscard]] Sent if_match(Answer const& answer);

} // namespace stemlathe::test
