#pragma once

#include "formats/file.hpp"
#include "formats/writer.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

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
    File file_;
    std::int64_t offset_ = 0;
    bool pad_ = false;
    bool syncs_ = true;
};

} // namespace stemlathe::formats
