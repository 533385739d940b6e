#include "service/client/submit.hpp"

#include "formats/checksum.hpp"
#include "host/pipeline/master.hpp"
#include "service/client/documents.hpp"
#include "service/client/ordered_plan.hpp"
#include "service/client/stem_settings.hpp"
#include "service/client/upload.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace stemlathe::service {

namespace {

constexpr std::size_t kKeyLetters = 16;

std::string id_of(boost::json::object const& made) {
    auto id = text_in(made, "id");
    if (id.empty()) {
        throw unreachable(
            "the server's answer names no id; check that --server is a stemlathe service"
        );
    }
    return id;
}

/// One submission on its way; its steps are in submit_session.
class Submission {
  public:
    Submission(
        Remote& remote,
        Session const& session,
        std::vector<SessionPart> const& parts,
        SubmitWish const& wish,
        SubmitState& state,
        Steps& steps
    )
        : remote_(remote),
          session_(session),
          parts_(parts),
          wish_(wish),
          ordered_(ordered_plan(wish, session)), // first: a mistake in it is better said before
          state_(state),
          steps_(steps) {}

    void make_session() {
        id_ = state_.text("session");
        if (!id_.empty() && is_there()) {
            return;
        }
        auto const& info = session_.info;
        boost::json::object body;
        auto const put = [&](std::string_view key, std::string const& value) {
            if (!value.empty()) {
                body[key] = value;
            }
        };
        put("title", info.title);
        put("artist", info.artist);
        put("album", info.album);
        put("isrc", info.isrc);
        put("upc", info.upc);
        put("date", info.date);
        put("genre", info.genre);
        put("audience", info.audience);
        put("preset", wish_.preset);
        put("client", wish_.client);
        if (!info.platforms.empty()) {
            body["platforms"] = boost::json::array(info.platforms.begin(), info.platforms.end());
        }
        id_ = id_of(post("/v1/sessions", body, "session"));
        state_.remember("session", id_);
    }

    void send_files() {
        auto const there = names_there();
        std::int64_t total = 0;
        for (auto const& part : parts_) {
            total += part.bytes;
        }
        std::int64_t before = 0;
        for (auto const& part : parts_) {
            auto const digest = digest_of(part, before, total);
            if (!there.contains(fmt::format("{}/{} {}", part.role, part.name, digest))) {
                send(part, digest, before, total);
            }
            before += part.bytes;
        }
    }

    void send_comments() {
        for (std::size_t i = 0; i < session_.comments.size(); ++i) {
            auto const step = fmt::format("comment-{}", i);
            if (!state_.text(step).empty()) {
                continue;
            }
            auto const& comment = session_.comments[i];
            boost::json::object body{{"text", comment.text}};
            if (comment.anchored) {
                body["start_s"] = comment.start_s;
                body["end_s"] = comment.end_s;
            }
            if (!comment.stem.empty()) {
                body["stem"] = comment.stem;
            }
            auto const made = post(fmt::format("/v1/sessions/{}/comments", id_), body, step);
            state_.remember(step, id_of(made));
        }
    }

    void settle_stems() {
        auto const stems = wait_for_probes(remote_, id_, steps_);
        refuse_rejected(stems, wish_.force);
        for (auto const& stem : session_.stems) {
            set_up_stem(remote_, id_, stem, stems);
        }
    }

    [[nodiscard]] boost::json::object order() {
        boost::json::object body{{"plan", ordered_.plan}, {"class", wish_.klass}};
        if (!ordered_.deliveries.empty()) {
            body["deliveries"] =
                boost::json::array(ordered_.deliveries.begin(), ordered_.deliveries.end());
        }
        auto const this_order = key_for("render", boost::json::serialize(body));
        if (auto const known = state_.text(this_order); !known.empty()) {
            return remote_.get("/v1/renders/" + known);
        }
        auto render = post(fmt::format("/v1/sessions/{}/renders", id_), body, "render");
        state_.remember(this_order, id_of(render));
        return render;
    }

  private:
    /// Whether the remembered session still is; where somebody deleted it, all begins anew.
    bool is_there() {
        auto const reply = remote_.exchange({.url = "/v1/sessions/" + id_});
        if (reply.status == 404 || reply.status == 410) {
            state_.begin_anew();
            return false;
        }
        require_success(reply);
        return true;
    }

    /// Another wish is another key: the same command with other options is no repetition.
    [[nodiscard]] std::string key_for(std::string_view step, std::string_view wish) const {
        return state_.key(fmt::format("{}-{}", step, sha256_of_text(wish).substr(0, kKeyLetters)));
    }

    boost::json::object
    post(std::string const& path, boost::json::object const& body, std::string_view step) {
        return remote_.post(path, body, key_for(step, boost::json::serialize(body)));
    }

    /// "stem/01_Drums.wav <digest>" of what the session has.
    std::set<std::string> names_there() {
        std::set<std::string> names;
        for (auto const& stem : remote_.list(fmt::format("/v1/sessions/{}/stems", id_))) {
            names.insert(fmt::format(
                "{}/{} {}",
                text_in(stem, "kind"),
                text_in(stem, "filename"),
                text_in(stem, "sha256")
            ));
        }
        return names;
    }

    std::string digest_of(SessionPart const& part, std::int64_t before, std::int64_t total) {
        auto const name = fmt::format("sha256-{}-{}", part.role, part.name);
        if (auto const known = state_.text(name); !known.empty()) {
            return known;
        }
        auto const done =
            static_cast<double>(before) / static_cast<double>(std::max(total, std::int64_t{1}));
        steps_.show("upload", kUploadShare.from, kUploadShare.to, done);
        if (remote_.stop().stop_requested()) {
            throw Failure{Code::cancelled, "stopped on request"};
        }
        auto const digest = sha256_of_file(part.file);
        state_.remember(name, digest);
        return digest;
    }

    void send(
        SessionPart const& part, std::string const& digest, std::int64_t before, std::int64_t total
    ) {
        auto const step = fmt::format("upload-{}-{}", part.role, part.name);
        UploadWish const upload{
            .file = part.file,
            .session = id_,
            .role = part.role,
            .filename = part.name,
            .bytes = part.bytes,
            .sha256 = digest,
            .key = key_for("upload", step + digest)};
        upload_file(
            remote_,
            upload,
            state_.text(step),
            {.begun = [&](std::string const& location) { state_.remember(step, location); },
             .sent =
                 [&](std::int64_t bytes) {
                     auto const done = static_cast<double>(before + bytes);
                     steps_.show(
                         "upload",
                         kUploadShare.from,
                         kUploadShare.to,
                         done / static_cast<double>(total)
                     );
                 }}
        );
    }

    Remote& remote_;
    Session const& session_;
    std::vector<SessionPart> const& parts_;
    SubmitWish const& wish_;
    OrderedPlan ordered_;
    SubmitState& state_;
    Steps& steps_;
    std::string id_{};
};

} // namespace

boost::json::object submit_session(
    Remote& remote,
    Session const& session,
    std::vector<SessionPart> const& parts,
    SubmitWish const& wish,
    SubmitState& state,
    Steps& steps
) {
    bool const is_refused = std::ranges::any_of(session.findings, [](auto const& finding) {
        return finding.severity == Severity::refuse;
    });
    if (session.stems.empty() || (is_refused && !wish.force)) {
        throw IntakeRefused{session.findings};
    }
    Submission submission{remote, session, parts, wish, state, steps};
    submission.make_session();
    submission.send_files();
    submission.send_comments();
    submission.settle_stems();
    return submission.order();
}

} // namespace stemlathe::service
