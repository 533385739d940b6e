#pragma once

#include "formats/file.hpp"

#include <sndfile.h>

#include <cstdint>
#include <memory>
#include <string>

/// Owning access to libsndfile. Private to formats/; nobody else includes sndfile.h.
namespace stemlathe::formats {

struct SndfileCloser {
    void operator()(SNDFILE* handle) const noexcept {
        sf_close(handle);
    }
};

using SndfileHandle = std::unique_ptr<SNDFILE, SndfileCloser>;

/// A new file that libsndfile writes through us, so that the true reason of a failed write is known
/// (libsndfile keeps only a text) and a tag may stand before its first byte.
class SndfileOutput {
  public:
    /// @param start  where libsndfile's byte 0 lies in `file`
    SndfileOutput(File& file, std::int64_t start) noexcept : file_(file), start_(start) {}

    /// @throws Failure{invalid_plan} libsndfile cannot write this combination
    [[nodiscard]] SndfileHandle open(SF_INFO& info);

    /// Drops the header that libsndfile wrote while opening: it writes another before the first
    /// frame, which may be shorter, and would count what is left of the first one as audio.
    void drop_header();

    /// @throws Failure{storage_full, storage_failed} if a write has failed since `open`
    void check() const;

  private:
    static sf_count_t length(void* self);
    static sf_count_t seek(sf_count_t offset, int whence, void* self);
    static sf_count_t read(void* into, sf_count_t count, void* self);
    static sf_count_t write(void const* from, sf_count_t count, void* self);
    static sf_count_t tell(void* self);

    File& file_;
    std::int64_t start_;
    std::int64_t position_ = 0;
    std::int64_t length_ = 0;
    int error_ = 0; ///< first errno of a failed write
};

/// libsndfile's last words about a handle, for the end of a sentence.
[[nodiscard]] std::string error_text(SNDFILE* handle);

} // namespace stemlathe::formats
