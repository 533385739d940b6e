#include "service/uploads/upload_sink.hpp"

#include "kernels/base/failure.hpp"
#include "service/api/problem.hpp"
#include "service/http/http_date.hpp"
#include "service/store/crash_point.hpp"
#include "service/uploads/finish_upload.hpp"
#include "service/uploads/own_file.hpp"
#include "service/uploads/stem_arrival.hpp"

#include <fmt/format.h>

#include <utility>

namespace stemlathe::service {

namespace {

/// So much may have to be sent again after a power cut in mid-body.
constexpr std::int64_t kSyncBytes = std::int64_t{64} << 20U;

/// What a failing disk means to a client: it may come back with the rest.
Problem problem_of_disk(Failure const& failure) {
    auto problem = problem_of(failure);
    if (problem.kind() == ProblemKind::storage_full) {
        return Problem{
            ProblemKind::storage_full,
            "the disk is full; what came so far is kept, send the rest later"};
    }
    return failure.code() == Code::storage_failed
               ? Problem{ProblemKind::unavailable, "the bytes could not be stored; try again"}
               : problem;
}

} // namespace

UploadSink::UploadSink(
    Uploads& uploads, UploadStretch stretch, std::unique_ptr<OpenUploads::Hold> hold
)
    : uploads_{uploads},
      stretch_{std::move(stretch)},
      hold_{std::move(hold)},
      position_{stretch_.start} {
    if (stretch_.checksum) {
        hash_.emplace(stretch_.checksum->algorithm);
    }
}

void UploadSink::attach(std::function<void()> interrupt) {
    hold_->on_interrupt(interrupt);
}

UploadFile& UploadSink::file() {
    if (!file_) {
        file_ = open_own_file(uploads_, stretch_.upload);
    }
    return *file_;
}

void UploadSink::write(std::span<std::byte const> bytes) {
    try {
        put(bytes);
    } catch (...) {
        error_ = std::current_exception();
        throw;
    }
}

void UploadSink::put(std::span<std::byte const> bytes) {
    auto const& upload = stretch_.upload;
    if (!uploads_.writers().is_alive()) {
        throw Problem{
            ProblemKind::unavailable,
            "the database is away; what is kept says the upload's offset, send the rest later"};
    }
    if (static_cast<std::int64_t>(bytes.size()) > upload.bytes - position_) {
        roll_back();
        throw Problem{
            ProblemKind::too_large,
            fmt::format(
                "the body goes past the upload's {} bytes; nothing of it was kept", upload.bytes
            )};
    }
    if (hash_ && position_ == stretch_.start) {
        uploads_.files().mark_unverified(upload.id, stretch_.start);
        crash_point(CrashSite::upload_after_mark);
    }
    file().write(bytes, position_);
    crash_point(CrashSite::upload_after_write);
    if (hash_) {
        hash_->update(bytes);
    } else if (position_ - upload.durable >= kSyncBytes) {
        make_durable();
    }
}

Response UploadSink::finish(bool complete) {
    Response response;
    try {
        response = answer(complete);
    } catch (Problem const& problem) {
        response = problem.response(stretch_.request_id);
    } catch (Failure const& failure) {
        uploads_.tools().report_error(stretch_.request_id, failure);
        response = problem_of_disk(failure).response(stretch_.request_id);
    } catch (std::exception const& error) {
        uploads_.tools().report_error(stretch_.request_id, error);
        response =
            Problem{
                ProblemKind::internal, "the server met an error of its own; it stands in its log"}
                .response(stretch_.request_id);
    }
    file_.reset();
    if (stretch_.is_new && response.status != 201) {
        abandon();
    }
    let_go();
    hold_.reset();
    speak_tus(response);
    return response;
}

/// Its address was told to nobody: the client will make another.
void UploadSink::abandon() noexcept {
    try {
        fail_upload(uploads_, stretch_.upload);
    } catch (std::exception const& error) { // it will expire
        uploads_.tools().report_error(stretch_.request_id, error);
    }
}

/// Where several processes may write, the others may from now on.
void UploadSink::let_go() noexcept {
    if (!uploads_.writers().is_shared()) {
        return;
    }
    try {
        uploads_.with_database([&](Database& database) {
            uploads_.writers().release(database, stretch_.upload.id);
        });
    } catch (std::exception const& error) { // the keeper will
        uploads_.tools().report_error(stretch_.request_id, error);
    }
}

Response UploadSink::answer(bool complete) {
    auto const& upload = stretch_.upload;
    if (hash_) {
        verify(complete);
    }
    if (upload.kind == "final") {
        assemble();
    } else if (position_ > upload.durable || stretch_.is_new) {
        make_durable();
    }
    if (error_) {
        std::rethrow_exception(error_);
    }
    if (!complete) {
        throw Problem{ProblemKind::request_timeout, "the body broke off; what came is kept"};
    }
    if (hash_) {
        uploads_.files().clear_mark(upload.id);
    }
    if (position_ == upload.bytes) {
        finish_upload(uploads_, upload);
    }
    return good_answer();
}

void UploadSink::verify(bool complete) {
    if (error_ || !complete) {
        roll_back();
        if (!error_) {
            throw Problem{
                ProblemKind::request_timeout,
                "the body broke off, so its checksum says nothing; nothing of it was kept"};
        }
        return;
    }
    if (hash_->finish() != stretch_.checksum->digest) {
        roll_back();
        throw Problem{
            ProblemKind::checksum_mismatch,
            "the body has another checksum; nothing of it was kept"};
    }
}

void UploadSink::roll_back() {
    auto& upload = stretch_.upload;
    if (upload.durable > stretch_.start) {
        upload.durable = stretch_.start;
        uploads_.with_database([&](Database& database) {
            note_durable(database, upload, stretch_.life_ms);
        });
    }
    crash_point(CrashSite::upload_before_roll_back);
    file().truncate(stretch_.start);
    position_ = stretch_.start;
    uploads_.files().clear_mark(upload.id);
    crash_point(CrashSite::upload_after_roll_back);
}

void UploadSink::make_durable() {
    auto& upload = stretch_.upload;
    crash_point(CrashSite::upload_before_sync);
    try {
        file().sync();
    } catch (Failure const&) {
        // The kernel may have dropped any of the bytes that it was asked to keep.
        file().truncate(upload.durable);
        position_ = upload.durable;
        throw;
    }
    crash_point(CrashSite::upload_after_sync);
    upload.durable = position_;
    upload.boot = uploads_.boot();
    uploads_.with_database([&](Database& database) {
        upload.expires = note_durable(database, upload, stretch_.life_ms);
    });
    crash_point(CrashSite::upload_after_durable);
}

/// Puts the parts one behind the other.
void UploadSink::assemble() {
    for (auto const& part : parts_of(stretch_.upload)) {
        file().append(uploads_.files().path_of(part));
        crash_point(CrashSite::upload_after_part);
    }
    position_ = file().bytes();
    if (position_ != stretch_.upload.bytes) {
        throw Problem{ProblemKind::conflict, "a partial upload changed meanwhile"};
    }
    make_durable();
}

Response UploadSink::good_answer() const {
    auto const& upload = stretch_.upload;
    Response response{.status = stretch_.is_new ? 201 : 204};
    if (stretch_.is_new) {
        response.with("Location", fmt::format("{}/{}", kUploadsPath, upload.id));
    }
    response.with("Upload-Offset", std::to_string(position_));
    if (position_ < upload.bytes) {
        response.with("Upload-Expires", http_date(upload.expires / 1'000));
    }
    return response;
}

AnswerSink::AnswerSink(Response answer) : answer_{std::move(answer)} {}

void AnswerSink::attach(std::function<void()> /*interrupt*/) {}

void AnswerSink::write(std::span<std::byte const> /*bytes*/) {}

Response AnswerSink::finish(bool /*complete*/) {
    speak_tus(answer_);
    return std::move(answer_);
}

} // namespace stemlathe::service
