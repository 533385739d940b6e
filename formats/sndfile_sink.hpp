#pragma once

#include "formats/checksum.hpp"
#include "formats/file.hpp"
#include "formats/sndfile.hpp"
#include "formats/writer.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

/// Private to formats/.
namespace stemlathe::formats {

/// Everything that libsndfile encodes: FLAC, MP3, Vorbis, Opus, W64, AIFF, CAF.
class SndfileSink {
  public:
    SndfileSink(std::filesystem::path const& path, EncodeSettings const& settings);

    void write(PackedAudio audio);
    void finish();

  private:
    void write_block(PackedAudio audio);
    void finish_ogg();

    EncodeSettings settings_;
    std::filesystem::path path_;
    std::unique_ptr<File> file_;
    std::unique_ptr<SndfileOutput> output_; ///< libsndfile holds its address
    SndfileHandle handle_;                  ///< closed before output_ and file_
    Sha256 content_;
    std::vector<int> ints_;
    std::vector<float> floats_;
};

} // namespace stemlathe::formats
