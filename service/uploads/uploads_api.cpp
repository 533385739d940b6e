#include "service/uploads/uploads_api.hpp"

#include "kernels/base/assert.hpp"
#include "service/http/http_date.hpp"
#include "service/uploads/tus.hpp"
#include "service/uploads/upload_lookup.hpp"

namespace stemlathe::service {

namespace {

Uploads& uploads_of(Call const& call) {
    STEMLATHE_ASSERT(call.services.uploads != nullptr);
    return *call.services.uploads;
}

} // namespace

Response show_upload_options(Call const& call) {
    Response response{.status = 204};
    response.with("Tus-Version", std::string{kTusVersion});
    response.with("Tus-Extension", std::string{kTusExtensions});
    response.with("Tus-Max-Size", std::to_string(call.services.limits.upload_bytes_max));
    response.with("Tus-Checksum-Algorithm", std::string{kTusAlgorithms});
    return response;
}

Response show_upload(Call const& call) {
    check_tus_version(call.request);
    auto const upload = upload_of_path(call);
    refuse_if_written(uploads_of(call), upload);
    Response response;
    response.with("Cache-Control", "no-store");
    response.with("Upload-Offset", std::to_string(offset_of(uploads_of(call), upload)));
    response.with("Upload-Length", std::to_string(upload.bytes));
    if (!upload.metadata.empty()) {
        response.with("Upload-Metadata", upload.metadata);
    }
    if (upload.concat) {
        response.with("Upload-Concat", *upload.concat);
    }
    if (upload.state == "receiving") {
        response.with("Upload-Expires", http_date(upload.expires / 1'000));
    }
    return response;
}

Response delete_upload(Call const& call) {
    check_tus_version(call.request);
    auto const upload = upload_of_path(call);
    refuse_if_written(uploads_of(call), upload);
    if (!end_upload(call.database(), upload, "deleted")) {
        refuse_while_written(); // it was taken this moment
    }
    // Before the commit: should that fail, the upload is there from its first byte on.
    uploads_of(call).files().remove(upload.id);
    return Response{.status = 204};
}

} // namespace stemlathe::service
