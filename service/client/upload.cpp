#include "service/client/upload.hpp"

#include "service/client/local_file.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>
#include <vector>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kChunk_bytes = std::int64_t{8} << 20U;
/// An upload that is gone is begun anew, but not for ever.
constexpr int kBeginningsMax = 4;
constexpr int kChecksumMismatch = 460; // tus 1.0.0, checksum extension

std::string base64(std::span<unsigned char const> bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0'); // EVP adds a NUL
    auto const length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size())
    );
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::string base64(std::string_view text) {
    return base64(std::span{reinterpret_cast<unsigned char const*>(text.data()), text.size()});
}

/// "sha256 <base64 of the digest>"
std::string checksum_field(std::string_view chunk) {
    std::vector<unsigned char> digest(EVP_MAX_MD_SIZE);
    unsigned int length = 0;
    EVP_Digest(chunk.data(), chunk.size(), digest.data(), &length, EVP_sha256(), nullptr);
    digest.resize(length);
    return "sha256 " + base64(digest);
}

std::string metadata_of(UploadWish const& wish) {
    return fmt::format(
        "session {},role {},filename {},sha256 {}",
        base64(wish.session),
        base64(wish.role),
        base64(wish.filename),
        base64(wish.sha256)
    );
}

/// The path of a Location, which may name the server as others see it.
std::string path_of(std::string_view location) {
    auto const at = location.find("/v1/");
    if (at == std::string_view::npos || location.find_first_of(" \r\n") != location.npos) {
        throw unreachable(fmt::format(
            "the server says that the upload lies at \"{}\", which is no upload", location
        ));
    }
    return std::string{location.substr(at)};
}

class Upload {
  public:
    Upload(Remote& remote, UploadWish const& wish, std::string location, UploadCalls const& calls)
        : remote_(remote),
          wish_(wish),
          calls_(calls),
          location_(std::move(location)),
          file_(LocalFile::to_read(wish.file)),
          patience_(remote.patience()) {}

    void run() {
        if (location_.empty()) {
            begin();
        } else {
            ask_offset();
        }
        while (offset_ < wish_.bytes) {
            if (knows_offset_) {
                send_chunk();
            } else {
                ask_offset();
            }
        }
    }

  private:
    void begin() {
        if (++beginnings_ > kBeginningsMax) {
            throw unreachable(
                fmt::format("the server keeps losing the upload of {}", wish_.filename)
            );
        }
        auto const reply = remote_.exchange(
            {.method = "POST",
             .url = "/v1/uploads",
             .fields =
                 {{"Tus-Resumable", "1.0.0"},
                  {"Upload-Length", std::to_string(wish_.bytes)},
                  {"Upload-Metadata", metadata_of(wish_)},
                  {"Idempotency-Key", fmt::format("{}-{}", wish_.key, beginnings_)}},
             .body = ""}
        );
        require_success(reply);
        location_ = path_of(reply.field("location"));
        calls_.begun(location_);
        take_offset(0);
    }

    void ask_offset() {
        auto const reply = remote_.exchange(
            {.method = "HEAD", .url = location_, .fields = {{"Tus-Resumable", "1.0.0"}}}
        );
        if (reply.status == 404 || reply.status == 410) {
            begin(); // it has expired, or was deleted
            return;
        }
        require_success(reply);
        take_offset(offset_in(reply));
    }

    void send_chunk() {
        auto const chunk = read_chunk();
        auto const reply = remote_.attempt(
            {.method = "PATCH",
             .url = location_,
             .fields =
                 {{"Tus-Resumable", "1.0.0"},
                  {"Content-Type", "application/offset+octet-stream"},
                  {"Upload-Offset", std::to_string(offset_)},
                  {"Upload-Checksum", checksum_field(chunk)}},
             .body = chunk,
             .sent =
                 [this](std::int64_t bytes) {
                     calls_.sent(offset_ + bytes);
                 }},
            patience_
        );
        knows_offset_ = false;
        if (!reply || reply->status == 409 || reply->status == 404 || reply->status == 410) {
            return; // where it stands is to be asked
        }
        if (reply->status == kChecksumMismatch) {
            refuse_damage(*reply);
            return;
        }
        require_success(*reply);
        damaged_ = 0;
        take_offset(offset_in(*reply));
    }

    /// The bytes were damaged on the way, which happens; again and again it does not.
    void refuse_damage(HttpReply const& reply) {
        if (++damaged_ >= kBeginningsMax) {
            throw RemoteRefusal{reply};
        }
    }

    void take_offset(std::int64_t offset) {
        offset_ = offset;
        knows_offset_ = true;
        calls_.sent(offset_);
    }

    std::int64_t offset_in(HttpReply const& reply) const {
        auto const text = reply.field("upload-offset");
        std::int64_t offset = -1;
        std::from_chars(text.data(), text.data() + text.size(), offset);
        if (offset < 0 || offset > wish_.bytes) {
            throw unreachable(fmt::format(
                "the server says that it has \"{}\" of the {} bytes of {}",
                text,
                wish_.bytes,
                wish_.filename
            ));
        }
        return offset;
    }

    std::string read_chunk() const {
        std::string chunk(
            static_cast<std::size_t>(std::min(kChunk_bytes, wish_.bytes - offset_)), '\0'
        );
        if (file_.read_at(std::as_writable_bytes(std::span{chunk}), offset_) < chunk.size()) {
            throw Failure{
                Code::unreadable,
                fmt::format(
                    "{} has become shorter while it was sent; repeat the command when it is ready",
                    wish_.file.string()
                )}
                .about_file(wish_.file.string());
        }
        return chunk;
    }

    Remote& remote_;
    UploadWish const& wish_;
    UploadCalls const& calls_;
    std::string location_;
    LocalFile file_;
    Patience patience_;
    std::int64_t offset_ = 0;
    bool knows_offset_ = false;
    int beginnings_ = 0;
    int damaged_ = 0;
};

} // namespace

void upload_file(
    Remote& remote, UploadWish const& wish, std::string location, UploadCalls const& calls
) {
    Upload{remote, wish, std::move(location), calls}.run();
}

} // namespace stemlathe::service
