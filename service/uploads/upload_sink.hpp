#pragma once

#include "service/http/body.hpp"
#include "service/http/message.hpp"
#include "service/uploads/chunk_hash.hpp"
#include "service/uploads/open_uploads.hpp"
#include "service/uploads/tus.hpp"
#include "service/uploads/upload_file.hpp"
#include "service/uploads/upload_rows.hpp"
#include "service/uploads/uploads.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace stemlathe::service {

/// What one request does to an upload.
struct UploadStretch {
    std::string request_id{};
    Upload upload{};
    std::int64_t start = 0; ///< the offset before it
    std::int64_t life_ms = 0;
    bool is_new = false; ///< the request also made the upload
    std::optional<ChunkChecksum> checksum = std::nullopt;
};

/// Appends a request's body to its upload. What was written stays when the body breaks off, unless
/// it has a checksum, which only the whole body can be held against.
class UploadSink final : public BodySink {
  public:
    UploadSink(Uploads& uploads, UploadStretch stretch, std::unique_ptr<OpenUploads::Hold> hold);

    void attach(std::function<void()> interrupt) override;
    void write(std::span<std::byte const> bytes) override;
    [[nodiscard]] Response finish(bool complete) override;

  private:
    [[nodiscard]] UploadFile& file();
    void put(std::span<std::byte const> bytes);
    [[nodiscard]] Response answer(bool complete);
    void verify(bool complete);
    void roll_back();
    void make_durable();
    void assemble();
    void abandon() noexcept;
    void let_go() noexcept;
    [[nodiscard]] Response good_answer() const;

    Uploads& uploads_;
    UploadStretch stretch_;
    std::unique_ptr<OpenUploads::Hold> hold_;
    std::unique_ptr<UploadFile> file_;
    std::optional<ChunkHash> hash_;
    std::int64_t position_;
    std::exception_ptr error_; ///< what ended the writing
};

/// Answers a request whose body, if there is one, does not matter.
class AnswerSink final : public BodySink {
  public:
    explicit AnswerSink(Response answer);

    void attach(std::function<void()> interrupt) override;
    void write(std::span<std::byte const> bytes) override;
    [[nodiscard]] Response finish(bool complete) override;

  private:
    Response answer_;
};

} // namespace stemlathe::service
