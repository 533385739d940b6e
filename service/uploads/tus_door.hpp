#pragma once

#include "service/api/application.hpp"
#include "service/uploads/uploads.hpp"

#include <memory>

namespace stemlathe::service {

/// POST /v1/uploads and PATCH /v1/uploads/{upload}: decides by the head alone, then lets the body
/// into its file. Called on the application thread, never within a transaction.
class TusDoor final : public UploadDoor {
  public:
    explicit TusDoor(Uploads& uploads) noexcept : uploads_{uploads} {}

    /// @throws Problem: POST {bad_request, not_found, conflict, gone, too_large, tus_version,
    /// unsupported_media_type, quota_exceeded, storage_full, too_many_requests}; PATCH also
    /// {forbidden} a final upload, {locked} somebody is writing to it (asked to end; the answer
    /// waits for that)
    [[nodiscard]] std::unique_ptr<BodySink> receive(Call const& call) override;

  private:
    [[nodiscard]] std::unique_ptr<BodySink> create(Call const& call);
    [[nodiscard]] std::unique_ptr<BodySink> resume(Call const& call);
    void check_load(Call const& call, std::string const& tenant) const;

    Uploads& uploads_;
};

} // namespace stemlathe::service
