#include "tests/service/api/test_api.hpp"

#include "service/api/authenticate.hpp"
#include "service/api/job_ends.hpp"
#include "service/api/problem.hpp"
#include "service/api/tenants.hpp"
#include "service/blobs/blob_rows.hpp"
#include "service/store/ids.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <span>

namespace stemlathe::test {

namespace {

namespace json = boost::json;

std::string text_of(service::FileBody const& file) {
    std::string text(static_cast<std::size_t>(file.bytes), '\0');
    EXPECT_EQ(
        pread(*file.descriptor, text.data(), text.size(), file.offset),
        static_cast<ssize_t>(text.size())
    );
    return text;
}

std::string text_of(service::BodySource& source) {
    std::string text;
    std::array<std::byte, 1000> block{};
    while (auto const count = source.read(block)) {
        text.append(reinterpret_cast<char const*>(block.data()), count);
    }
    EXPECT_EQ(static_cast<std::int64_t>(text.size()), source.bytes());
    return text;
}

Answer answer_of(service::Response response) {
    if (auto const later = std::exchange(response.later, {})) {
        response = later(std::move(response));
    }
    Answer answer;
    answer.status = response.status;
    for (auto const& [name, value] : response.fields) {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        });
        answer.fields[lower] = value;
    }
    if (auto* text = std::get_if<std::string>(&response.body)) {
        answer.body = *text;
    } else if (auto* file = std::get_if<service::FileBody>(&response.body)) {
        answer.body = text_of(*file);
    } else if (auto* source = std::get_if<std::unique_ptr<service::BodySource>>(&response.body)) {
        answer.body = text_of(**source);
    } else {
        answer.events = std::move(std::get<std::unique_ptr<service::EventFeed>>(response.body));
    }
    return answer;
}

service::Request request_for(
    service::Method method,
    std::string_view token,
    std::string_view target,
    std::string const& body,
    Sent const& fields,
    std::string const& peer
) {
    static int count = 0;
    service::Request request{.method = method};
    request.path = target.substr(0, target.find('?'));
    auto query = target.substr(std::min(target.size(), request.path.size() + 1));
    while (!query.empty()) {
        auto const pair = query.substr(0, query.find('&'));
        auto const equals = std::min(pair.find('='), pair.size());
        request.query[std::string{pair.substr(0, equals)}] =
            pair.substr(std::min(equals + 1, pair.size()));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
    }
    if (!token.empty()) {
        request.fields["authorization"] = fmt::format("Bearer {}", token);
    }
    if (!body.empty()) {
        request.fields["content-type"] = "application/json";
    }
    for (auto const& [name, value] : fields) {
        request.fields[name] = value;
    }
    request.body_bytes = static_cast<std::int64_t>(body.size());
    request.peer = peer;
    request.id = fmt::format("req_{}", ++count);
    request.arrived = decltype(request.arrived)::clock::now();
    return request;
}

} // namespace

json::value Answer::json() const {
    return json::parse(body);
}

std::string Answer::field(std::string_view name) const {
    auto const found = fields.find(name);
    return found == fields.end() ? std::string{} : found->second;
}

std::string Answer::text(std::string_view key) const {
    auto const document = json();
    auto const* value = document.as_object().if_contains(key);
    return value && value->is_string() ? std::string{value->get_string().c_str()} : std::string{};
}

std::int64_t Answer::number(std::string_view key) const {
    return json().at(key).to_number<std::int64_t>();
}

json::array Answer::items() const {
    return json().at("items").as_array();
}

std::string Answer::problem() const {
    return field("content-type") == "application/problem+json"
               ? text("type").substr(std::string_view{"/problems/"}.size())
               : std::string{};
}

TestApi::TestApi()
    : blobs{folder.path(), {.percent = 0, .bytes = 0}},
      queue{
          store.database(),
          {},
          [](service::Database& database, service::JobEnd const& end) {
              service::end_work(database, end);
          }},
      services{.database = store.database(), .blobs = blobs, .queue = queue},
      uploads_{
          {.database = store.database(),
           .blobs = blobs,
           .queue = queue,
           .on_application_thread = [](std::function<void()> const& work) { work(); },
           .changed = [] {},
           .work_arrived = [] {},
           .report_error =
               [this](std::string_view id, std::exception const& error) {
                   errors.push_back(fmt::format("{}: {}", id, error.what()));
               }}} {
    services.uploads = &uploads_;
    services.webhook_secrets = &webhook_secrets;
    services.version = "1.0";
    services.engine = "1.0";
    services.work_arrived = [] {
    };
    services.snapshots = &snapshots;
    services.is_draining = [this] {
        return is_draining;
    };
    service::make_house(store.database(), std::int64_t{1} << 40U);
    application_ = std::make_unique<service::ApiApplication>(
        services,
        service::api_routes(),
        door_,
        service::ApiSettings{
            .admin_token_hash = service::hash_of_secret(owner),
            .committed = [this] { ++commits; },
            .on_application_thread = [](std::function<void()> const& work) { work(); },
            .report_error =
                [this](std::string_view id, std::exception const& error) {
                    errors.push_back(fmt::format("{}: {}", id, error.what()));
                }}
    );
    client_id = client_named("Client");
    client = token_for("client", client_id);
    stranger_id = client_named("Stranger");
    stranger = token_for("client", stranger_id);
}

Answer TestApi::send(
    service::Method method,
    std::string_view token,
    std::string_view target,
    std::string body,
    Sent const& fields
) {
    auto request = request_for(method, token, target, body, fields, peer);
    request.is_secure = is_secure;
    auto admission = application_->admit(request);
    auto response = [&]() -> service::Response {
        if (admission.refusal) {
            return std::move(*admission.refusal);
        }
        if (admission.sink) {
            admission.sink->attach([] {});
            admission.sink->write(std::as_bytes(std::span{body}));
            return admission.sink->finish(true);
        }
        if (body.size() > admission.body_bytes_max) {
            return application_->refuse(
                request, service::kBodyTooLarge, "as the HTTP front says it"
            );
        }
        request.body = std::move(body);
        return application_->answer(request);
    }();
    auto answer = answer_of(std::move(response));
    for (auto const& [name, value] : request.answer_fields) { // as the front adds them
        answer.fields[name == "RateLimit" ? "ratelimit" : "ratelimit-policy"] = value;
    }
    if (auto const* operation = operation_for(service::name_of(method), request.path)) {
        EXPECT_EQ(undescribed(*operation, answer, method == service::Method::head), "");
    }
    return answer;
}

Answer TestApi::refuse(service::RefusalKind const& kind) {
    auto const request = request_for(service::Method::get, "", "/", "", {}, peer);
    return answer_of(application_->refuse(request, kind, "why"));
}

service::Admission TestApi::admit(
    service::Method method,
    std::string_view token,
    std::string_view target,
    std::string const& body,
    Sent const& fields
) {
    auto request = request_for(method, token, target, body, fields, peer);
    request.is_secure = is_secure;
    return application_->admit(request);
}

Answer TestApi::get(std::string_view token, std::string_view target, Sent const& fields) {
    return send(service::Method::get, token, target, {}, fields);
}

Answer TestApi::post(std::string_view token, std::string_view target, std::string body) {
    return send(
        service::Method::post,
        token,
        target,
        std::move(body),
        {{"idempotency-key", fmt::format("key-{}", ++keys_)}}
    );
}

std::string
TestApi::token_for(std::string_view role, std::string_view tenant, std::string_view scopes) {
    auto const body = fmt::format(
        R"({{"name":"{0}","role":"{0}","client":"{1}","scopes":{2}}})", role, tenant, scopes
    );
    auto const made = send(service::Method::post, owner, "/v1/tokens", body);
    EXPECT_EQ(made.status, 201) << made.body;
    return made.text("token");
}

std::string TestApi::client_named(std::string_view name) {
    auto const made =
        send(service::Method::post, owner, "/v1/clients", fmt::format(R"({{"name":"{}"}})", name));
    EXPECT_EQ(made.status, 201) << made.body;
    return made.text("id");
}

std::string TestApi::session(std::string_view token, std::string_view body) {
    auto const made = send(service::Method::post, token, "/v1/sessions", std::string{body});
    EXPECT_EQ(made.status, 201) << made.body;
    return made.text("id");
}

service::Blob TestApi::blob(std::string_view bytes) {
    auto const file = blobs.workshop() / service::make_id("tmp");
    write_file(file, bytes);
    return blobs.publish(file);
}

std::string TestApi::stem(std::string const& session_id, std::string const& filename) {
    auto const bytes = blob("audio of " + session_id + filename);
    service::Transaction transaction{store.database()};
    service::note_blob(store.database(), bytes);
    auto const id = service::make_id("stm");
    store.database().query(
        "INSERT INTO stem(id, tenant, session, kind, filename, digest, bytes, state, role, media, "
        "findings, created) SELECT $1, tenant, id, 'stem', $2, $3, $4, 'ready', NULL, "
        R"('{"duration_s":180.5,"container":"WAV"}', '[]', now_ms() FROM session WHERE id=$5)",
        {id, filename, bytes.digest, bytes.bytes, session_id}
    );
    transaction.commit();
    return id;
}

std::string TestApi::song(std::string_view token) {
    auto const id = session(token);
    stem(id, "01_Drums.wav");
    stem(id, "02_Vocals.wav");
    return id;
}

std::string
TestApi::order(std::string_view token, std::string const& session_id, std::string body) {
    auto const made =
        post(token, fmt::format("/v1/sessions/{}/renders", session_id), std::move(body));
    EXPECT_EQ(made.status, 202) << made.body;
    return made.text("id");
}

void TestApi::finish_job(std::string const& mark) {
    auto const lease =
        queue.claim({.owner = "worker", .kinds = {"render", "analysis"}, .has_gpu = true});
    ASSERT_TRUE(lease);
    if (lease->spec.find("\"compare\":true") != std::string::npos) {
        EXPECT_TRUE(queue.complete(
            *lease,
            {},
            R"({"comparison":{"lufs_a":-14.0,"lufs_b":-13.5,"gain_db":-0.5,"offset_samples":0,)"
            R"("residual_db":-41.5,"changed":[{"start_s":1.0,"end_s":2.5}],)"
            R"("bands":[{"hz":50,"difference_db":null},{"hz":63,"difference_db":0.25}]}})"
        ));
        return;
    }
    if (lease->kind == "analysis") {
        EXPECT_TRUE(queue.complete(*lease, {}, R"({"plan":{"masking":{"fix":"off"}}})"));
        return;
    }
    std::vector<service::Output> outputs;
    auto const add = [&](std::string name, std::string profile, std::string const& text) {
        outputs.push_back(
            {.name = std::move(name), .profile = std::move(profile), .blob = blob(text)}
        );
    };
    add("masters/streaming/Song.wav", "streaming", "streaming master " + mark);
    add("masters/cd/Song.wav", "cd", "cd master, a longer one " + mark);
    add("manifest.json", "", R"({"mark":")" + mark + R"("})");
    add("report.json", "", R"({"schema":"stemlathe.report/1","mark":")" + mark + R"("})");
    add("report.html", "", "<!doctype html><title>" + mark + "</title>");
    add("qc.pdf", "", "%PDF-1.5 " + mark);
    add("review/listen.flac", "", "audio to listen to " + mark);
    add("review/peaks.json",
        "",
        R"({"duration_s":180.5,"low":[-0.5,-1,-0.25,0],"high":[0.5,0.25,1,0]})");
    EXPECT_TRUE(queue.complete(*lease, outputs, R"({"duration_s":180.5})"));
}

std::string
TestApi::revision(std::string_view token, std::string const& session_id, std::string mark) {
    auto const id = order(token, session_id);
    finish_job(mark);
    return id;
}

std::string TestApi::link(
    std::string_view token,
    std::string const& session_id,
    std::string_view rights,
    std::string_view more
) {
    auto const made = send(
        service::Method::post,
        token,
        fmt::format("/v1/sessions/{}/shares", session_id),
        fmt::format(R"({{"recipient":"Ada","rights":{}{}}})", rights, more)
    );
    EXPECT_EQ(made.status, 201) << made.body;
    return made.text("token");
}

Sent if_match(Answer const& answer) {
    return {{"if-match", answer.field("etag")}};
}

} // namespace stemlathe::test
