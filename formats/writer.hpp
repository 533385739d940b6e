#pragma once

#include "formats/broadcast_wave.hpp"
#include "formats/media.hpp"
#include "formats/tags.hpp"
#include "kernels/base/pcm_format.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace stemlathe {

enum class OggCodec : std::uint8_t { vorbis, opus };

/// What to write. `input` is what write() takes; samples are never converted on the way:
///   wav, rf64   pcm_16, pcm_24, pcm_32, float_32 (the bytes of the file)
///   flac        pcm_32 left-justified, bit_depth 16 or 24
///   w64, aiff, caf  pcm_32 left-justified, bit_depth 16, 24 or 32; or float_32
///   mp3, ogg    float_32
struct EncodeSettings {
    Container container = Container::wav; ///< wav becomes RF64 where its size demands it
    SampleFormat input = SampleFormat::pcm_24;
    int bit_depth = 24; ///< used by flac, w64, aiff and caf with integer input
    int rate_hz = 48'000;
    int channels = 2;                 ///< 1 or 2
    std::int64_t frames_expected = 0; ///< exact: headers are written from it
    /// A WAV whose data is larger becomes RF64 (EBU Tech 3306). The default leaves 1 MiB of the
    /// 4 GiB that a WAV can count for its other chunks.
    std::int64_t rf64_threshold_bytes = (1LL << 32U) - (1LL << 20U);
    /// False: finish() does not wait for the disk, for callers who make many files safe together or
    /// need them only for a moment.
    bool sync = true;
    int flac_level = 5;   ///< 0 to 8; 8 saves 0.4 % for twice the time
    int mp3_kbit_s = 320; ///< constant, 32 to 320 in what MPEG-1 layer III has
    OggCodec ogg_codec = OggCodec::vorbis;
    double vorbis_quality = 0.9;              ///< 0 to 1; 0.9 is about 320 kbit/s
    double opus_compression = 0.5;            ///< 0 (512 kbit/s) to 1; 0.5 is about 265 kbit/s
    std::optional<BroadcastInfo> broadcast{}; ///< wav and rf64
    /// wav: title, artist, album, date and genre as ASCII in LIST/INFO; title, artist, album, ISRC
    /// and UPC as UTF-8 in axml and iXML;
    /// flac, mp3, ogg: see replace_tags; the others carry none.
    Tags tags{};
};

/// Writes one audio file, to exactly the path given. The same samples and settings give the same
/// bytes: no clock and no random number gets in (an Ogg stream's serial number is taken from the
/// samples).
class Writer {
  public:
    /// @throws Failure{invalid_plan} the codec cannot do this rate; {storage_full, storage_failed}
    Writer(std::filesystem::path const& path, EncodeSettings const& settings);
    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) noexcept;
    /// Without finish() an unfinished file stays; see AtomicFile.
    ~Writer();

    /// The next frames, in settings.input with settings.channels. Not more than expected in all.
    void write(PackedAudio audio);

    /// Completes the file and, unless told otherwise, waits until it is on the disk. Call once,
    /// after exactly frames_expected frames.
    void finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace stemlathe
