#include "service/api/delivery_archive.hpp"

#include "formats/zip_stream.hpp"
#include "service/api/authenticate.hpp"
#include "service/api/byte_range.hpp"
#include "service/api/file_answer.hpp"
#include "service/api/filename.hpp"
#include "service/api/problem.hpp"
#include "service/api/stored_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::string_view kManifest = "MANIFEST.sha256";

/// A stretch of an archive as a response's body.
class ArchiveBody final : public BodySource {
  public:
    ArchiveBody(ZipStream zip, ByteRange range)
        : zip_{std::move(zip)}, at_{range.first}, left_{range.bytes}, bytes_{range.bytes} {}

    [[nodiscard]] std::int64_t bytes() const override {
        return bytes_;
    }

    [[nodiscard]] std::size_t read(std::span<std::byte> into) override {
        auto const wanted = std::min(static_cast<std::int64_t>(into.size()), left_);
        auto const count = zip_.read_at(into.first(static_cast<std::size_t>(wanted)), at_);
        at_ += static_cast<std::int64_t>(count);
        left_ -= static_cast<std::int64_t>(count);
        return count;
    }

    /// Reads what comes first, so that the file which it begins with is at hand or not to be had.
    void begin() {
        std::vector<std::byte> block(kFirstBytes);
        auto at = at_;
        for (int pieces = 0; pieces < 2 && at < at_ + left_; ++pieces) { // a file's head, the file
            at += static_cast<std::int64_t>(zip_.read_at(block, at));
        }
    }

  private:
    static constexpr std::size_t kFirstBytes = std::size_t{64} << 10U; ///< more than a head has

    ZipStream zip_;
    std::int64_t at_;
    std::int64_t left_;
    std::int64_t bytes_;
};

std::string manifest_of(boost::json::array const& files) {
    std::string text;
    for (auto const& file : files) {
        text += fmt::format(
            "{}  {}\n", file.at("sha256").as_string().c_str(), file.at("name").as_string().c_str()
        );
    }
    return text;
}

ZipStream zip_of(BlobStore& blobs, boost::json::array const& files) {
    auto const manifest = manifest_of(files);
    auto const* const bytes = reinterpret_cast<Bytef const*>(manifest.data());
    std::vector<ZipEntry> entries;
    for (auto const& file : files) {
        std::string const digest{file.at("sha256").as_string().c_str()};
        auto const file_bytes = file.at("bytes").as_int64();
        entries.push_back(
            {.name = file.at("name").as_string().c_str(),
             .bytes = file_bytes,
             .crc32 = static_cast<std::uint32_t>(file.at("crc32").as_int64()),
             .open = [&blobs,
                      file = StoredFile{digest, file_bytes}] { return opened_soon(blobs, file); },
             .text = {}}
        );
    }
    entries.push_back(
        {.name = std::string{kManifest},
         .bytes = static_cast<std::int64_t>(manifest.size()),
         .crc32 = static_cast<std::uint32_t>(crc32(0, bytes, static_cast<uInt>(manifest.size()))),
         .open = {},
         .text = manifest}
    );
    return ZipStream{std::move(entries)};
}

std::string name_of_archive(boost::json::object const& details) {
    auto const word = [&](std::string_view key) {
        auto const* const value = details.if_contains(key);
        return value != nullptr && value->is_string() ? std::string{value->as_string().c_str()}
                                                      : std::string{};
    };
    auto name = word("artist") + (word("artist").empty() ? "" : " - ") + word("title");
    std::ranges::replace(name, '/', '_');
    return (is_plain_filename(name) ? name : std::string{"delivery"}) + ".zip";
}

/// Names the bytes: they follow from the files alone.
std::string etag_of(boost::json::array const& files) {
    return fmt::format("\"zip-{}\"", hash_of_secret(manifest_of(files)));
}

} // namespace

Response archive_answer(
    Call const& call, boost::json::array const& files, boost::json::object const& details
) {
    auto zip = zip_of(call.services.blobs, files);
    auto const size = zip.bytes();
    auto const etag = etag_of(files);
    auto const condition = call.request.field("if-range");
    auto const range = condition.empty() || condition == etag
                           ? range_of(call.request.field("range"), size)
                           : std::nullopt;
    auto const part = range.value_or(ByteRange{.first = 0, .bytes = size});
    if (part.bytes == 0) {
        throw Problem{
            ProblemKind::range_not_satisfiable, fmt::format("the archive has {} bytes", size)}
            .with("Content-Range", fmt::format("bytes */{}", size));
    }
    Response response;
    response.with("Content-Type", "application/zip")
        .with("ETag", etag)
        .with("Accept-Ranges", "bytes")
        .with("Cache-Control", "private, no-cache")
        .with("Content-Disposition", attachment(name_of_archive(details)));
    if (range) {
        response.status = 206;
        response.with(
            "Content-Range",
            fmt::format("bytes {}-{}/{}", part.first, part.first + part.bytes - 1, size)
        );
    }
    response.body = std::make_unique<ArchiveBody>(std::move(zip), part);
    if (call.request.method != Method::head) {
        response.later = [](Response draft) {
            auto& body = std::get<std::unique_ptr<BodySource>>(draft.body);
            dynamic_cast<ArchiveBody&>(*body).begin();
            return draft;
        };
    }
    return response;
}

} // namespace stemlathe::service
