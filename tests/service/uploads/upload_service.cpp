#include "tests/service/uploads/upload_service.hpp"

#include "service/api/authenticate.hpp"
#include "service/store/migrate.hpp"
#include "service/uploads/probe_stem.hpp"
#include "service/uploads/tus.hpp"
#include "service/uploads/uploads_api.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>

namespace stemlathe::test {

using service::Method;
using service::Rank;
using service::Request;
using service::Route;

namespace {

constexpr std::int64_t kStart_ms = 1'800'000'000'000;

// The rows of service/api/routes.cpp that are about uploads.
constexpr std::array kRoutes{
    Route{Method::options, "/v1/uploads", service::show_upload_options, Rank::anonymous},
    Route{Method::post, "/v1/uploads", nullptr, Rank::client, "w", {}, service::BodyKind::upload},
    Route{Method::head, "/v1/uploads/{upload}", service::show_upload, Rank::client, "w"},
    Route{
        Method::patch,
        "/v1/uploads/{upload}",
        nullptr,
        Rank::client,
        "w",
        {},
        service::BodyKind::upload},
    Route{Method::del, "/v1/uploads/{upload}", service::delete_upload, Rank::client, "w"}};

std::string digest(EVP_MD const* algorithm, std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> into{};
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), into.data(), &size, algorithm, nullptr);
    return {reinterpret_cast<char const*>(into.data()), size};
}

void add_tenant(service::Database& database, std::string const& id, std::string const& role) {
    database.query(
        "INSERT INTO tenant(id, name, quota_bytes, created) VALUES($1, $1, $2, now_ms()) "
        "ON CONFLICT(id) DO NOTHING",
        {id, kQuota}
    );
    database.query(
        "INSERT INTO token(id, tenant, name, role, scopes, secret_hash, created) "
        "VALUES($1, $2, $2, $3, '[\"w\"]', $4, now_ms()) ON CONFLICT(id) DO NOTHING",
        {"slk_" + id, id, role, service::hash_of_secret("secret")}
    );
    database.query(
        "INSERT INTO session(id, tenant, state, details, created, updated) "
        "VALUES($1, $2, 'draft', '{}', now_ms(), now_ms()) ON CONFLICT(id) DO NOTHING",
        {"ses_" + id, id}
    );
}

} // namespace

std::string Reply::field(std::string_view name) const {
    for (auto const& [key, value] : response.fields) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

std::string Reply::text() const {
    return std::get<std::string>(response.body);
}

std::string base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    auto const size = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<unsigned char const*>(bytes.data()),
        static_cast<int>(bytes.size())
    );
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string metadata(FieldList pairs) {
    std::string text;
    for (auto const& [key, value] : pairs) {
        text += (text.empty() ? "" : ",") + std::string{key} + " " + base64(value);
    }
    return text;
}

std::string checksum(std::string_view algorithm, std::string_view bytes) {
    auto const* const of = algorithm == "sha1" ? EVP_sha1() : EVP_sha256();
    return std::string{algorithm} + " " + base64(digest(of, bytes));
}

std::string sha256_of(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (unsigned char const byte : digest(EVP_sha256(), bytes)) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 15U];
    }
    return text;
}

std::string noise(std::size_t bytes, unsigned seed) {
    std::string text;
    std::uint32_t state = seed * 2'654'435'761U + 1;
    for (std::size_t i = 0; i < bytes; ++i) {
        state = state * 1'664'525U + 1'013'904'223U; // Knuth's and Lewis's generator
        text += static_cast<char>(state >> 24U);
    }
    return text;
}

std::string for_session(std::string const& filename, std::string const& sha256) {
    return sha256.empty()
               ? metadata({{"session", "ses_alice"}, {"role", "stem"}, {"filename", filename}})
               : metadata(
                     {{"session", "ses_alice"},
                      {"role", "stem"},
                      {"filename", filename},
                      {"sha256", sha256}}
                 );
}

UploadHouse::UploadHouse(std::filesystem::path const& folder)
    : clock{std::make_shared<std::int64_t>(kStart_ms)},
      database{std::make_shared<service::SqliteDatabase>(service::SqliteOptions{
          .file = folder / "stemlathe.db", .clock_ms = [clock = clock] {
              return *clock;
          }})} {}

UploadService::UploadService(std::filesystem::path const& folder)
    : UploadService{folder, UploadHouse{folder}, ""} {}

UploadService::UploadService(
    std::filesystem::path const& folder, UploadHouse house, std::string const& process
)
    : clock_{std::move(house.clock)},
      database_{std::move(house.database)},
      blobs_{folder, {.percent = 0, .bytes = 0}},
      queue_{*database_, {}, service::end_probe},
      uploads_{
          {.database = *database_,
           .blobs = blobs_,
           .queue = queue_,
           .on_application_thread = [](std::function<void()> const& work) { work(); },
           .changed = [] {},
           .work_arrived = [] {},
           .report_error = [this](
                               std::string_view, std::exception const& error
                           ) { errors.emplace_back(error.what()); },
           .process = process,
           .periods = {.renew = {}, .settle = {}}}},
      door_{uploads_},
      services_{.database = *database_, .blobs = blobs_, .queue = queue_, .uploads = &uploads_},
      application_{
          services_,
          kRoutes,
          door_,
          {.committed = [] {},
           .report_error =
               [this](std::string_view, std::exception const& error) {
                   errors.emplace_back(error.what());
               }}} {
    service::migrate(*database_);
    add_people();
}

void UploadService::add_people() {
    add_tenant(*database_, "alice", "client");
    add_tenant(*database_, "bob", "client");
    add_tenant(*database_, "house", "engineer");
}

Reply UploadService::ask(Request request) {
    auto admission = application_.admit(request);
    if (admission.refusal) {
        return {.response = std::move(*admission.refusal)};
    }
    if (admission.sink) {
        return {.sink = std::move(admission.sink)};
    }
    return {.response = application_.answer(request)};
}

void UploadService::finish(Reply& reply, bool complete) {
    reply.response = reply.sink->finish(complete);
    reply.sink.reset();
}

Reply UploadService::send(Request request, std::string_view body) {
    constexpr std::size_t kPiece = 65'536;
    request.body_bytes = static_cast<std::int64_t>(body.size());
    auto reply = ask(std::move(request));
    if (!reply.sink) {
        return reply;
    }
    reply.sink->attach([] {});
    bool is_sound = true;
    while (!body.empty() && is_sound) {
        auto const piece = body.substr(0, kPiece);
        try {
            reply.sink->write(std::as_bytes(std::span{piece}));
        } catch (std::exception const&) {
            is_sound = false;
        }
        body.remove_prefix(piece.size());
    }
    finish(reply, is_sound);
    return reply;
}

Request
UploadService::request(Method method, std::string path, FieldList fields, std::string_view token) {
    Request request{.method = method, .path = std::move(path), .id = "req"};
    request.fields["tus-resumable"] = "1.0.0";
    request.fields["authorization"] = "Bearer " + std::string{token};
    for (auto const& [name, value] : fields) {
        request.fields[std::string{name}] = value;
    }
    return request;
}

Reply UploadService::create(std::int64_t bytes, std::string const& given, std::string_view token) {
    return send(request(
        Method::post,
        "/v1/uploads",
        {{"upload-length", std::to_string(bytes)}, {"upload-metadata", given}},
        token
    ));
}

Reply UploadService::head(std::string const& location, std::string_view token) {
    return send(request(Method::head, location, {}, token));
}

Request UploadService::patch_request(
    std::string const& location, std::int64_t offset, std::string_view body
) {
    auto patch = request(
        Method::patch,
        location,
        {{"content-type", "application/offset+octet-stream"},
         {"upload-offset", std::to_string(offset)}}
    );
    patch.body_bytes = static_cast<std::int64_t>(body.size());
    return patch;
}

Reply UploadService::patch(
    std::string const& location,
    std::int64_t offset,
    std::string_view body,
    FieldList more,
    std::string_view token
) {
    auto patch = patch_request(location, offset, body);
    patch.fields["authorization"] = "Bearer " + std::string{token};
    for (auto const& [name, value] : more) {
        patch.fields[std::string{name}] = value;
    }
    return send(std::move(patch), body);
}

Reply UploadService::remove(std::string const& location, std::string_view token) {
    return send(request(Method::del, location, {}, token));
}

Reply UploadService::concatenate(
    std::string const& parts, std::string const& given, std::string_view token
) {
    return send(request(
        Method::post,
        "/v1/uploads",
        {{"upload-concat", "final;" + parts}, {"upload-metadata", given}},
        token
    ));
}

std::int64_t UploadService::number(std::string_view sql) {
    return database_->query(sql).front().integer("n");
}

std::int64_t UploadService::used_bytes(std::string const& tenant) {
    return database_->query("SELECT used_bytes AS n FROM tenant WHERE id=$1", {tenant})
        .front()
        .integer("n");
}

std::string UploadService::stem_bytes(std::string const& filename) {
    auto const rows = database_->query(
        "SELECT digest, bytes FROM stem WHERE session='ses_alice' AND filename=$1 AND deleted IS "
        "NULL",
        {filename}
    );
    if (rows.size() != 1) {
        return rows.empty() ? "<none>" : "<several>";
    }
    auto const bytes = rows.front().integer("bytes");
    auto const file = blobs_.open(rows.front().text("digest"), bytes);
    std::string text(static_cast<std::size_t>(bytes), '\0');
    EXPECT_EQ(::pread(*file, text.data(), text.size(), 0), bytes);
    return text;
}

void UploadService::advance_clock(std::int64_t ms) {
    *clock_ += ms;
}

} // namespace stemlathe::test
