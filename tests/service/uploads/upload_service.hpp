#pragma once

#include "service/api/application.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/store/sqlite/sqlite_database.hpp"
#include "service/uploads/tus_door.hpp"
#include "service/uploads/uploads.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The service's uploads without a network: requests go in as the front would hand them over.
namespace stemlathe::test {

/// The answer to a request, or the sink that waits for its body.
struct Reply {
    service::Response response{};
    std::unique_ptr<service::BodySink> sink{};

    [[nodiscard]] int status() const noexcept {
        return response.status;
    }

    /// Empty where there is no such field.
    [[nodiscard]] std::string field(std::string_view name) const;
    [[nodiscard]] std::string text() const;
};

using FieldList = std::initializer_list<std::pair<std::string_view, std::string>>;

[[nodiscard]] std::string base64(std::string_view bytes);
/// "session base64,filename base64,..."
[[nodiscard]] std::string metadata(FieldList pairs);
/// "sha1 <base64>" or "sha256 <base64>"
[[nodiscard]] std::string checksum(std::string_view algorithm, std::string_view bytes);
/// Lower-case hexadecimal.
[[nodiscard]] std::string sha256_of(std::string_view bytes);
/// Bytes that do not repeat soon.
[[nodiscard]] std::string noise(std::size_t bytes, unsigned seed);

inline constexpr std::string_view kAlice = "slk_alice_secret"; ///< client "alice"
inline constexpr std::string_view kBob = "slk_bob_secret";     ///< client "bob"
inline constexpr std::string_view kHouse = "slk_house_secret"; ///< engineer of the house
inline constexpr std::int64_t kQuota = 10'000'000;

/// A database with a clock of the test's own.
struct UploadHouse {
    explicit UploadHouse(std::filesystem::path const& folder);

    std::shared_ptr<std::int64_t> clock;
    std::shared_ptr<service::Database> database;
};

/// One run of the service over a folder. A second one after it finds what the first one left.
class UploadService {
  public:
    explicit UploadService(std::filesystem::path const& folder);
    /// One of several on the same database and folder.
    UploadService(
        std::filesystem::path const& folder, UploadHouse house, std::string const& process
    );

    /// Asks; a request with a body gets its sink.
    [[nodiscard]] Reply ask(service::Request request);
    /// The same, and sends the body.
    [[nodiscard]] Reply send(service::Request request, std::string_view body = {});
    /// Finishes a sink as the front does.
    static void finish(Reply& reply, bool complete);

    [[nodiscard]] static service::Request request(
        service::Method method, std::string path, FieldList fields, std::string_view token = kAlice
    );

    [[nodiscard]] Reply
    create(std::int64_t bytes, std::string const& given, std::string_view token = kAlice);
    [[nodiscard]] Reply head(std::string const& location, std::string_view token = kAlice);
    [[nodiscard]] Reply patch(
        std::string const& location,
        std::int64_t offset,
        std::string_view body,
        FieldList more = {},
        std::string_view token = kAlice
    );
    [[nodiscard]] static service::Request
    patch_request(std::string const& location, std::int64_t offset, std::string_view body);
    [[nodiscard]] Reply remove(std::string const& location, std::string_view token = kAlice);
    [[nodiscard]] Reply concatenate(
        std::string const& parts, std::string const& given, std::string_view token = kAlice
    );

    /// The number that a query gives in column "n".
    [[nodiscard]] std::int64_t number(std::string_view sql);
    [[nodiscard]] std::int64_t used_bytes(std::string const& tenant = "alice");
    /// The bytes of the session's live file of that name; "<none>" where there is none.
    [[nodiscard]] std::string stem_bytes(std::string const& filename);
    void advance_clock(std::int64_t ms);

    [[nodiscard]] service::Database& database() {
        return *database_;
    }

    [[nodiscard]] service::Uploads& uploads() {
        return uploads_;
    }

    [[nodiscard]] service::Services& services() {
        return services_;
    }

    [[nodiscard]] service::JobQueue& queue() {
        return queue_;
    }

    [[nodiscard]] service::BlobStore& blobs() {
        return blobs_;
    }

    std::vector<std::string> errors{}; ///< what was reported

  private:
    void add_people();

    std::shared_ptr<std::int64_t> clock_;
    std::shared_ptr<service::Database> database_;
    service::LocalBlobStore blobs_;
    service::JobQueue queue_;
    service::Uploads uploads_;
    service::TusDoor door_;
    service::Services services_;
    service::ApiApplication application_;
};

/// metadata() for Alice's session.
[[nodiscard]] std::string for_session(std::string const& filename, std::string const& sha256 = {});

} // namespace stemlathe::test
