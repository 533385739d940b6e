#pragma once

#include "formats/checksum.hpp"
#include "formats/file.hpp"
#include "formats/writer.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

/// Private to formats/.
namespace stemlathe::formats {

/// WAV and RF64, written by our own code: the packed samples are the bytes, sizes are known before
/// the first, and no library adds a clock, a PEAK chunk or a line of history.
class WaveSink {
  public:
    WaveSink(std::filesystem::path const& path, EncodeSettings const& settings);

    void write(PackedAudio audio);
    void finish();

  private:
    /// A file that nobody gave a reference gets one that names its audio and no other: the start of
    /// its SHA-256. A clock or a random number would differ in every render.
    void write_reference();

    File file_;
    std::optional<std::int64_t> reference_at_{}; ///< where it goes, if it is still to be found
    Sha256 content_;
    std::int64_t offset_ = 0;
    bool pad_ = false;
    bool syncs_ = true;
};

} // namespace stemlathe::formats
