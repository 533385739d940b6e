#include "service/uploads/finish_upload.hpp"

#include "formats/checksum.hpp"
#include "kernels/base/failure.hpp"
#include "service/api/problem.hpp"
#include "service/blobs/blob_rows.hpp"
#include "service/store/crash_point.hpp"
#include "service/store/ids.hpp"
#include "service/uploads/own_file.hpp"
#include "service/uploads/stem_arrival.hpp"
#include "service/uploads/upload_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <optional>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kStoreAway_s = 15;

/// A second name for the upload's file: the first one stays until the database knows the blob, so
/// that a death in between loses nothing but time: no upload needs that name, so it is swept away.
std::filesystem::path second_name(Uploads const& uploads, Upload const& upload) {
    auto const path = uploads.files().path_of(make_id(upload.id));
    auto const from = uploads.files().path_of(upload.id);
    if (::link(from.c_str(), path.c_str()) != 0) {
        throw upload_failure(errno, "link", path);
    }
    try {
        confirm_writer(uploads, upload); // after the link: see own_file.hpp
    } catch (...) {
        ::unlink(path.c_str());
        throw;
    }
    return path;
}

/// @throws Failure; where the disk lost the bytes, the upload has failed; Problem{unavailable}
/// where the store cannot take them now
Blob publish(Uploads& uploads, Upload const& upload) {
    crash_point(CrashSite::upload_before_publish);
    auto const path = second_name(uploads, upload);
    try {
        auto blob = uploads.tools().blobs.publish(path);
        crash_point(CrashSite::upload_after_publish);
        return blob;
    } catch (Failure const& failure) {
        bool const is_whole = std::filesystem::exists(path);
        ::unlink(path.c_str());
        if (failure.code() != Code::storage_failed) {
            throw;
        }
        if (!is_whole) {
            fail_upload(uploads, upload); // a second fsync of the same bytes would lie
            throw;
        }
        uploads.tools().report_error(upload.id, failure);
        throw Problem{
            ProblemKind::unavailable,
            "every byte has come and is kept, but the store for files does not take them now; it "
            "is "
            "asked again every few seconds, and nothing needs to be sent anew"}
            .retry_after(kStoreAway_s);
    }
}

/// @returns why the upload failed, where it did
std::optional<Problem>
record(Database& database, JobQueue& queue, Upload const& upload, Blob const& blob) {
    Transaction transaction{database};
    bool const is_known =
        !database
             .query(
                 "UPDATE upload SET state='complete', writer=NULL WHERE id=$1 AND "
                 "state='receiving' AND COALESCE(writer, '')=$2 RETURNING id",
                 {upload.id, upload.writer}
             )
             .empty();
    if (!is_known) {
        return Problem{ProblemKind::gone, "the upload was ended meanwhile"};
    }
    note_blob(database, blob);
    if (!arrive(database, queue, upload, blob)) {
        return Problem{ProblemKind::gone, "the session was deleted meanwhile"};
    }
    end_parts(database, upload);
    crash_point(CrashSite::upload_before_record);
    transaction.commit();
    crash_point(CrashSite::upload_after_record);
    return std::nullopt;
}

void finish_partial(Uploads& uploads, Upload const& upload) {
    uploads.with_database([&](Database& database) {
        database.query(
            "UPDATE upload SET state='complete', writer=NULL WHERE id=$1 AND state='receiving' "
            "AND COALESCE(writer, '')=$2",
            {upload.id, upload.writer}
        );
    });
}

/// Before it is published: nobody would refer to the blob, and others may to one that is the same.
void check_sha256(Uploads& uploads, Upload const& upload) {
    if (!upload.sha256) {
        return;
    }
    auto const digest = sha256_of_file(uploads.files().path_of(upload.id));
    if (digest != *upload.sha256) {
        fail_upload(uploads, upload);
        throw Problem{
            ProblemKind::checksum_mismatch,
            fmt::format(
                "the file's SHA-256 is {}, and its metadata says {}", digest, *upload.sha256
            )};
    }
}

} // namespace

void finish_upload(Uploads& uploads, Upload const& upload) {
    if (upload.kind == "partial") {
        finish_partial(uploads, upload);
        return;
    }
    check_sha256(uploads, upload);
    auto const blob = publish(uploads, upload);
    std::optional<Problem> problem;
    uploads.with_database([&](Database& database) {
        problem = record(database, uploads.tools().queue, upload, blob);
    });
    if (problem) {
        fail_upload(uploads, upload);
        throw std::move(*problem);
    }
    uploads.files().remove(upload.id);
    for (auto const& part : parts_of(upload)) {
        uploads.files().remove(part);
    }
    crash_point(CrashSite::upload_after_cleanup);
    uploads.tools().work_arrived();
    uploads.tools().changed();
}

void fail_upload(Uploads& uploads, Upload const& upload) {
    bool is_ended = false;
    uploads.with_database([&](Database& database) {
        Transaction transaction{database};
        is_ended = end_upload(database, upload, "failed");
        transaction.commit();
    });
    if (is_ended || !uploads.writers().is_shared()) { // else it is another process's
        uploads.files().remove(upload.id);
    }
}

} // namespace stemlathe::service
