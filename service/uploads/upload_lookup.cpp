#include "service/uploads/upload_lookup.hpp"

#include "service/api/problem.hpp"

#include <chrono>

namespace stemlathe::service {

namespace {

constexpr std::chrono::milliseconds kHandOver{2'000};

} // namespace

Upload upload_of_path(Call const& call) {
    auto upload = find_upload(call.database(), call.request.path_value("upload"));
    if (!upload || !call.who.sees_tenant(upload->tenant)) {
        throw Problem{ProblemKind::not_found, "there is no such upload"};
    }
    if (upload->is_late || upload->state == "expired") {
        throw Problem{ProblemKind::gone, "the upload has expired; begin a new one"};
    }
    if (upload->state == "deleted" || upload->state == "failed") {
        throw Problem{ProblemKind::gone, "the upload was ended; begin a new one"};
    }
    return *std::move(upload);
}

std::int64_t offset_of(Uploads const& uploads, Upload const& upload) {
    if (upload.state == "complete") {
        return upload.bytes;
    }
    return uploads.writers().is_shared() ? upload.durable : uploads.files().settle(upload.id);
}

void refuse_while_written() {
    throw Problem{ProblemKind::locked, "another request is writing to the upload"}.waiting(kHandOver
    );
}

void refuse_if_written(Uploads& uploads, Upload const& upload) {
    if (uploads.open().interrupt(upload.id)) {
        refuse_while_written();
    }
    if (!upload.writer.empty()) {
        uploads.writers().want(upload.id);
        refuse_while_written();
    }
}

} // namespace stemlathe::service
