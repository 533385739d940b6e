#pragma once

#include "host/demo/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace stemlathe {

/// A masking that the arrangement contains on purpose: in this stretch and band the masker's energy
/// is at least 3 dB above that of the masked stem, and outside the stretch it is not.
struct PlantedMasking {
    std::string masker; ///< file name, "04_Instruments.wav"
    std::string masked; ///< file name, "03_Vocals.wav"
    double start_s = 0.0;
    double end_s = 0.0;
    double low_hz = 0.0;
    double high_hz = 0.0;
};

struct DemoStem {
    std::string name; ///< "01_Drums", the file name without its extension
    std::string role; ///< "drums", as session.toml spells it
};

/// A synthesised song in five stems: verses and choruses with drums, bass, a sung vocal, chords and
/// effects. The stems add up to about -18 LUFS and stay under -2 dBFS, also in sum.
///
/// Nothing is read or stored: memory does not grow with the length. The same settings give the same
/// samples on the same machine, whatever the block size. One song may be rendered by several
/// threads as long as each stem is rendered by one of them at a time.
class DemoSong {
  public:
    /// @throws Failure{invalid_argument} seconds or rate_hz out of range
    explicit DemoSong(DemoSettings const& settings);
    DemoSong(DemoSong&&) noexcept;
    DemoSong& operator=(DemoSong&&) noexcept;
    ~DemoSong();

    [[nodiscard]] std::int64_t frames() const noexcept;

    /// 01_Drums, 02_Bass, 03_Vocals, 04_Instruments, 05_FX.
    [[nodiscard]] std::span<DemoStem const> stems() const noexcept;

    /// The next frames of a stem, interleaved stereo, full scale 1.0. Sequential: `first_frame` is
    /// where this stem's last call ended, or 0 to start it over (asserted). Frames beyond the end
    /// are zeros.
    void render(std::size_t stem, std::int64_t first_frame, std::span<float> interleaved);

    /// In order of time. Empty for a demo too short to reach its first chorus.
    [[nodiscard]] std::vector<PlantedMasking> planted() const;

    /// session.toml and comments.txt, ready to be written.
    [[nodiscard]] std::string session_toml() const;
    [[nodiscard]] std::string comments_txt() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace stemlathe
