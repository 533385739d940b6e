#include "tests/service/client/fake_service.hpp"

#include "tests/service/client/fake_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <memory>

namespace stemlathe::test {

namespace {

constexpr char const* kToken = "slk_test_good";

FakeReply document(int status, boost::json::object const& body) {
    return {
        .status = status,
        .fields = {{"Content-Type", "application/json"}},
        .body = boost::json::serialize(body)};
}

} // namespace

FakeReply problem(int status, std::string const& kind, std::string const& detail) {
    auto reply = document(
        status, {{"type", "/problems/" + kind}, {"detail", detail}, {"request_id", "req_1"}}
    );
    reply.fields = {{"Content-Type", "application/problem+json"}};
    return reply;
}

FakeService::Fault first(int times, std::string const& beginning, FakeReply const& reply) {
    auto left = std::make_shared<int>(times);
    return [=](FakeRequest const& request) -> std::optional<FakeReply> {
        if (!(request.method + " " + request.path).starts_with(beginning) || *left == 0) {
            return std::nullopt;
        }
        --*left;
        return reply;
    };
}

FakeService::FakeService()
    : server_([this](FakeRequest const& request) { return handle(request); }) {}

service::RemoteSettings FakeService::settings() const {
    using std::chrono::milliseconds;
    return {
        .server = address(),
        .token = kToken,
        .retry = {
            .first = milliseconds{1}, .longest = milliseconds{5}, .give_up = milliseconds{20'000}}};
}

void FakeService::fail_before(Fault fault) {
    std::scoped_lock const lock{mutex_};
    before_ = std::move(fault);
}

void FakeService::fail_after(Fault fault) {
    std::scoped_lock const lock{mutex_};
    after_ = std::move(fault);
}

void FakeService::cut_bodies(FakeServer::Cutter cutter) {
    server_.cut_bodies(std::move(cutter));
}

void FakeService::set_outputs(std::map<std::string, std::string> outputs, bool are_released) {
    std::scoped_lock const lock{mutex_};
    outputs_ = std::move(outputs);
    are_released_ = are_released;
}

void FakeService::reject(std::string name) {
    std::scoped_lock const lock{mutex_};
    rejected_.push_back(std::move(name));
}

void FakeService::end_renders_with(boost::json::object end) {
    std::scoped_lock const lock{mutex_};
    end_ = std::move(end);
}

std::vector<FakeService::File> FakeService::files() {
    std::scoped_lock const lock{mutex_};
    return files_;
}

std::vector<boost::json::object> FakeService::comments() {
    std::scoped_lock const lock{mutex_};
    return comments_;
}

std::vector<boost::json::object> FakeService::sessions() {
    std::scoped_lock const lock{mutex_};
    return sessions_;
}

std::vector<boost::json::object> FakeService::orders() {
    std::scoped_lock const lock{mutex_};
    return orders_;
}

int FakeService::count(std::string const& beginning) {
    std::scoped_lock const lock{mutex_};
    return static_cast<int>(std::count_if(log_.begin(), log_.end(), [&](auto const& line) {
        return line.starts_with(beginning);
    }));
}

FakeReply FakeService::handle(FakeRequest const& request) {
    std::scoped_lock const lock{mutex_};
    log_.push_back(request.method + " " + request.path);
    if (request.field("authorization") != std::string{"Bearer "} + kToken) {
        return problem(401, "unauthorized", "the token is not known here");
    }
    if (auto reply = before_ ? before_(request) : std::nullopt) {
        return *std::move(reply);
    }
    auto const key = request.field("idempotency-key");
    auto const kept = kept_.find(key);
    auto const reply = kept != kept_.end() ? kept->second : answer(request);
    if (!key.empty() && reply.status < 500) {
        kept_[key] = reply;
    }
    if (auto fault = after_ ? after_(request) : std::nullopt) {
        return *std::move(fault);
    }
    return reply;
}

FakeReply FakeService::answer(FakeRequest const& request) {
    if (request.path.starts_with("/v1/uploads/")) {
        auto const found = uploads_.find(request.path);
        if (found == uploads_.end()) {
            return problem(404, "not-found", "there is no such upload");
        }
        if (request.method == "PATCH") {
            return send_upload(request);
        }
        return {
            .status = 200,
            .fields = {{"Upload-Offset", std::to_string(found->second.bytes.size())}}};
    }
    if (request.method == "POST") {
        return answer_post(request);
    }
    if (request.method == "PATCH") {
        return change_stem(request);
    }
    return answer_get(request);
}

FakeReply FakeService::answer_post(FakeRequest const& request) {
    if (request.path == "/v1/uploads") {
        return make_upload(request);
    }
    auto body = boost::json::parse(request.body).as_object();
    if (request.path == "/v1/sessions") {
        sessions_.push_back(body);
        body["id"] = "ses_" + std::to_string(sessions_.size());
        return document(201, body);
    }
    if (request.path.ends_with("/comments")) {
        comments_.push_back(body);
        return document(201, {{"id", "cmt_" + std::to_string(comments_.size())}});
    }
    if (request.path.ends_with("/renders")) {
        orders_.push_back(body);
        looks_ = 0;
        return document(202, render_json());
    }
    return problem(404, "not-found", "there is no such operation");
}

FakeReply FakeService::make_upload(FakeRequest const& request) {
    auto const metadata = request.field("upload-metadata");
    auto const location = "/v1/uploads/upl_" + std::to_string(uploads_.size() + 1);
    uploads_[location] = {
        .kind = metadata_value(metadata, "role"),
        .name = metadata_value(metadata, "filename"),
        .sha256 = metadata_value(metadata, "sha256"),
        .length = number_in(request.field("upload-length"))};
    // As behind a proxy that does not say who it is.
    return {.status = 201, .fields = {{"Location", "http://elsewhere.invalid" + location}}};
}

FakeReply FakeService::send_upload(FakeRequest const& request) {
    auto& upload = uploads_.at(request.path);
    if (number_in(request.field("upload-offset")) != upload.bytes.size()) {
        return problem(409, "conflict", "the offset is another");
    }
    auto const checksum = request.field("upload-checksum");
    bool const is_right = in_hexadecimal(decoded(checksum.substr(7))) == digest_of(request.body);
    bool const is_sound = checksum.starts_with("sha256 ") && is_right;
    if (request.is_whole && !is_sound) { // of what was cut off, as much as came is kept
        return problem(460, "checksum-mismatch", "the chunk does not have its checksum");
    }
    upload.bytes += request.body;
    if (upload.bytes.size() > upload.length) {
        return problem(413, "too-large", "more than was announced");
    }
    if (upload.bytes.size() == upload.length) {
        if (digest_of(upload.bytes) != upload.sha256) {
            return problem(460, "checksum-mismatch", "the file does not have its checksum");
        }
        files_.push_back({.name = upload.name, .kind = upload.kind, .bytes = upload.bytes});
    }
    return {.status = 204, .fields = {{"Upload-Offset", std::to_string(upload.bytes.size())}}};
}

boost::json::object FakeService::stem_json(std::size_t index) const {
    auto const& file = files_[index];
    bool const is_rejected = std::ranges::find(rejected_, file.name) != rejected_.end();
    boost::json::object stem{
        {"id", "stm_" + std::to_string(index)},
        {"kind", file.kind},
        {"filename", file.name},
        {"state",
         !file.is_probed ? "probing"
         : is_rejected   ? "rejected"
                         : "ready"},
        {"role", nullptr},
        {"priority", 0},
        {"offset_s", 0.0},
        {"bytes", file.bytes.size()},
        {"sha256", digest_of(file.bytes)},
        {"findings", boost::json::array{}}};
    if (is_rejected) {
        stem["findings"] = boost::json::array{
            {{"severity", "refuse"}, {"message", file.name + " is damaged inside"}}};
    }
    for (auto const& [key, value] : file.settings) {
        stem[key] = value;
    }
    return stem;
}

FakeReply FakeService::list_stems() {
    boost::json::array items;
    for (std::size_t i = 0; i < files_.size(); ++i) {
        items.push_back(stem_json(i));
        files_[i].is_probed = true; // at the next look
    }
    return document(200, {{"items", items}, {"next", nullptr}});
}

FakeReply FakeService::change_stem(FakeRequest const& request) {
    auto const index = number_in(request.path.substr(request.path.rfind('_') + 1));
    auto& file = files_.at(index);
    if (request.field("if-match") != "\"v" + std::to_string(file.version) + "\"") {
        return problem(412, "stale-version", "it has changed meanwhile");
    }
    auto const changes = boost::json::parse(request.body);
    for (auto const& [key, value] : changes.as_object()) {
        file.settings[key] = value;
    }
    ++file.version;
    return document(200, stem_json(index));
}

boost::json::object FakeService::render_json() {
    boost::json::object render{
        {"id", "rnd_" + std::to_string(orders_.size())},
        {"session", "ses_" + std::to_string(sessions_.size())},
        {"revision", orders_.size()},
        {"state", looks_ == 0 ? "queued" : "running"},
        {"progress", 50},
        {"position", 2},
        {"stage", "render"},
        {"outputs", boost::json::array{}}};
    if (looks_ < 2) {
        return render;
    }
    for (auto const& [key, value] : end_) {
        render[key] = value;
    }
    auto& outputs = render["outputs"].as_array();
    for (auto const& [name, bytes] : outputs_) {
        boost::json::value url = nullptr;
        if (are_released_) {
            url = "/v1/renders/rnd_1/files/" + name;
        }
        outputs.push_back(
            {{"name", name}, {"bytes", bytes.size()}, {"sha256", digest_of(bytes)}, {"url", url}}
        );
    }
    return render;
}

FakeReply FakeService::show_render() {
    auto reply = document(200, render_json());
    ++looks_;
    return reply;
}

FakeReply FakeService::send_file(FakeRequest const& request) {
    auto const report = request.path.ends_with("/report");
    auto const path = unescaped(request.path);
    auto const name = report
                          ? (request.field("accept") == "text/html" ? "report.html" : "report.json")
                          : path.substr(path.find("/files/") + 7);
    if (!report && !are_released_) {
        return problem(403, "not-approved", "the files are released by the approval");
    }
    auto const& bytes = outputs_.at(name);
    auto const etag = "\"" + digest_of(bytes) + "\"";
    auto const range = request.field("range"); // "bytes=N-"
    bool const is_part = !range.empty() && request.field("if-range") == etag;
    if (!is_part) {
        return {.status = 200, .fields = {{"ETag", etag}}, .body = bytes};
    }
    auto const from = number_in(range.substr(6, range.size() - 7));
    auto const all = std::to_string(bytes.size());
    return {
        .status = 206,
        .fields =
            {{"ETag", etag},
             {"Content-Range",
              "bytes " + std::to_string(from) + "-" + std::to_string(bytes.size() - 1) + "/" +
                  all}},
        .body = bytes.substr(from)};
}

FakeReply FakeService::answer_get(FakeRequest const& request) {
    auto const& path = request.path;
    if (path.ends_with("/stems")) {
        return list_stems();
    }
    if (path.find("/stems/") != std::string::npos) {
        auto const index = number_in(path.substr(path.rfind('_') + 1));
        auto reply = document(200, stem_json(index));
        reply.fields.emplace_back("ETag", "\"v" + std::to_string(files_.at(index).version) + "\"");
        return reply;
    }
    if (path.find("/files/") != std::string::npos || path.ends_with("/report")) {
        return send_file(request);
    }
    if (path.ends_with("/renders")) {
        return document(200, {{"items", boost::json::array{render_json()}}, {"next", nullptr}});
    }
    if (path.starts_with("/v1/renders/rnd_") && !orders_.empty()) {
        return show_render();
    }
    auto const number = path.starts_with("/v1/sessions/ses_") ? number_in(path.substr(17)) : 0;
    if (number >= 1 && number <= sessions_.size()) {
        auto session = sessions_[number - 1];
        session["id"] = path.substr(13);
        session["state"] = "ready";
        return document(200, session);
    }
    return problem(404, "not-found", "there is no such thing");
}

} // namespace stemlathe::test
