#include "service/uploads/own_file.hpp"

#include "service/api/problem.hpp"

namespace stemlathe::service {

namespace {

void note_loss(Uploads const& uploads, Upload const& upload, std::int64_t bytes) {
    uploads.with_database([&](Database& database) {
        database.query(
            "UPDATE upload SET durable=$2 WHERE id=$1 AND COALESCE(writer, '')=$3",
            {upload.id, bytes, upload.writer}
        );
    });
}

} // namespace

void confirm_writer(Uploads const& uploads, Upload const& upload) {
    if (!uploads.writers().is_shared()) {
        return;
    }
    bool is_ours = false;
    uploads.with_database([&](Database& database) {
        auto const now = find_upload(database, upload.id);
        is_ours = now && now->writer == uploads.writers().process();
    });
    if (!is_ours) {
        throw Problem{
            ProblemKind::locked, "another process has taken the upload over; ask for its offset"};
    }
}

std::unique_ptr<UploadFile> open_own_file(Uploads const& uploads, Upload& upload) {
    auto file = std::make_unique<UploadFile>(uploads.files().path_of(upload.id));
    if (!uploads.writers().is_shared()) {
        return file;
    }
    confirm_writer(uploads, upload);
    if (auto const bytes = file->bytes(); bytes < upload.durable) {
        upload.durable = bytes;
        note_loss(uploads, upload, bytes);
        throw Problem{ProblemKind::conflict, "bytes of the upload were lost; ask for its offset"};
    }
    file->truncate(upload.durable);
    return file;
}

} // namespace stemlathe::service
